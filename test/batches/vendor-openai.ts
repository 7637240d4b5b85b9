import type { Fate, KeptBatch, KeptFile, Line, Shelf } from './shelf.ts'

const PATH = /^\/v1\/(files|batches)(?:\/([^/]+)(?:\/(\w+))?)?$/
const PAGE = 100

/** Answers as OpenAI does for files and batches; `undefined`: the path is another's. */
export const answerOpenAi = (
  shelf: Shelf,
  request: Request,
  account: string,
  path: string,
): Response | Promise<Response> | undefined => {
  const [, kind, id = '', rest = ''] = PATH.exec(path) ?? []
  if (kind === 'files')
    return id === '' ? uploadFile(shelf, request, account) : useFile(shelf, request, account, id, rest)
  if (kind === undefined) return undefined
  if (id !== '') return useBatch(shelf, account, id, rest)
  return request.method === 'POST' ? createBatch(shelf, request, account) : listBatches(shelf, account)
}

const uploadFile = async (shelf: Shelf, request: Request, account: string): Promise<Response> => {
  const form = await request.formData()
  const file = form.get('file')
  if (!(file instanceof File)) return openAiError(400, 'no file')
  const bytes = new Uint8Array(await file.arrayBuffer())
  return Response.json(fileJson(shelf.addFile(account, file.name, String(form.get('purpose')), bytes)))
}

const fileJson = ({ id, name, purpose, bytes }: KeptFile) => ({
  id,
  object: 'file',
  bytes: bytes.length,
  created_at: Math.floor(Date.now() / 1_000),
  filename: name,
  purpose,
  status: 'processed',
})

const useFile = async (shelf: Shelf, request: Request, account: string, id: string, rest: string) => {
  const file = shelf.files.get(id)
  if (!file || file.account !== account) return openAiError(404, `No such File object: ${id}`)
  if (request.method === 'DELETE') {
    shelf.files.delete(id)
    return Response.json({ id, object: 'file', deleted: true })
  }
  if (rest !== 'content') return Response.json(fileJson(file))
  if (file.purpose === 'batch_output') await shelf.askResults()
  return new Response(file.bytes, { headers: { 'content-type': 'application/octet-stream' } })
}

const createBatch = async (shelf: Shelf, request: Request, account: string): Promise<Response> => {
  const body = (await request.json()) as { input_file_id: string; endpoint: string }
  const file = shelf.files.get(body.input_file_id)
  if (!file || file.account !== account) return openAiError(400, 'the input file is not there')
  const text = new TextDecoder().decode(file.bytes)
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as Line]))
  const id = shelf.newId('batch_')
  const made = {
    ...{ id, object: 'batch', created_at: Math.floor(Date.now() / 1_000), status: 'in_progress' },
    request_counts: { total: lines.length, completed: 0, failed: 0 },
    ...body,
    ...{ output_file_id: null, error_file_id: null },
  }
  shelf.batches.set(id, { account, id, api: 'openai', lines, body: made, results: '' })
  return shelf.tellMade(made)
}

const listBatches = (shelf: Shelf, account: string): Response => {
  const own = [...shelf.batches.values()].filter((batch) => batch.account === account && batch.api === 'openai')
  const data = own.map(({ body }) => body).reverse()
  return Response.json({ object: 'list', data: data.slice(0, PAGE), has_more: data.length > PAGE })
}

const useBatch = (shelf: Shelf, account: string, id: string, rest: string): Response => {
  const batch = shelf.batches.get(id)
  if (!batch || batch.account !== account) return openAiError(404, `No batch found with id '${id}'.`)
  if (rest === 'cancel') batch.body = { ...batch.body, status: 'cancelling' }
  return Response.json(batch.body)
}

/** Ends a batch: what was answered is in one file, what was not in another. */
export const endOpenAi = (shelf: Shelf, batch: KeptBatch, status: string, fates: readonly Fate[]): void => {
  const output: string[] = []
  const errors: string[] = []
  for (const [index, line] of batch.lines.entries()) {
    const row = rowOf(batch, line, index, fates[index] ?? 'failed')
    if (row.error === null && row.response?.status_code === 200) output.push(JSON.stringify(row))
    else errors.push(JSON.stringify(row))
  }
  const write = (rows: readonly string[]): string | null => {
    const bytes = new TextEncoder().encode(`${rows.join('\n')}\n`)
    return rows.length === 0 ? null : shelf.addFile(batch.account, 'out.jsonl', 'batch_output', bytes).id
  }
  batch.body = {
    ...batch.body,
    status,
    output_file_id: write(output),
    error_file_id: write(errors),
    request_counts: { total: batch.lines.length, completed: output.length, failed: errors.length },
  }
}

const rowOf = ({ body }: KeptBatch, line: Line, index: number, fate: Fate) => {
  const base = { id: `batch_req_${index}`, custom_id: line.custom_id }
  const answered = (status_code: number, answer: unknown) => ({
    ...base,
    response: { status_code, request_id: `r${index}`, body: answer },
    error: null,
  })
  if (typeof fate === 'object') return answered(200, answerOf(body['endpoint'], line, fate.usage))
  if (fate === 'failed') return answered(400, { error: { message: 'no', type: 'invalid_request_error' } })
  return { ...base, response: null, error: { code: `batch_${fate}`, message: fate } }
}

const answerOf = (endpoint: unknown, { body }: Line, usage: unknown): unknown =>
  endpoint === '/v1/embeddings'
    ? { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.1] }], model: body['model'], usage }
    : chatAnswer(body, usage)

export const chatAnswer = (body: Line['body'], usage: unknown) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: body['model'],
  choices: [{ index: 0, message: { role: 'assistant', content: 'Aye, aye.' }, finish_reason: 'stop' }],
  ...(usage !== undefined && { usage }),
})

export const openAiError = (status: number, message: string): Response =>
  Response.json({ error: { message, type: 'invalid_request_error', param: null, code: null } }, { status })
