import type { Fate, KeptBatch, Line, Shelf } from './shelf.ts'

const PATH = /^\/v1\/messages\/batches(?:\/([^/]+)(?:\/(\w+))?)?$/
const DAY_MS = 86_400_000

/** Answers as Anthropic does for batches of messages; `undefined`: the path is another's. */
export const answerAnthropic = (
  shelf: Shelf,
  request: Request,
  account: string,
  path: string,
): Response | Promise<Response> | undefined => {
  const match = PATH.exec(path)
  const [, id = '', rest = ''] = match ?? []
  if (!match) return undefined
  return id === '' ? createBatch(shelf, request, account) : useBatch(shelf, request, account, id, rest)
}

const createBatch = async (shelf: Shelf, request: Request, account: string): Promise<Response> => {
  const body = (await request.json()) as { requests: { custom_id: string; params: Line['body'] }[] }
  const id = shelf.newId('msgbatch_')
  const lines = body.requests.map(({ custom_id, params }) => ({ custom_id, body: params }))
  const made = {
    id,
    type: 'message_batch',
    processing_status: 'in_progress',
    request_counts: { processing: lines.length, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
    created_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + DAY_MS).toISOString(),
    ended_at: null,
    cancel_initiated_at: null,
    archived_at: null,
    results_url: null,
  }
  shelf.batches.set(id, { account, id, api: 'anthropic', lines, body: made, results: '' })
  return shelf.tellMade(made)
}

const useBatch = async (shelf: Shelf, request: Request, account: string, id: string, rest: string) => {
  const batch = shelf.batches.get(id)
  if (!batch || batch.account !== account) return anthropicError(404, 'not_found_error', `${id} is not there`)
  const hasEnded = batch.body['processing_status'] === 'ended'
  if (rest === 'cancel') batch.body = { ...batch.body, processing_status: 'canceling' }
  if (request.method === 'DELETE') {
    if (!hasEnded) return anthropicError(400, 'invalid_request_error', 'it runs')
    shelf.batches.delete(id)
    return Response.json({ id, type: 'message_batch_deleted' })
  }
  if (rest !== 'results') return Response.json(batch.body)
  if (!hasEnded) return anthropicError(404, 'not_found_error', 'no results yet')
  await shelf.askResults()
  return new Response(batch.results, { headers: { 'content-type': 'application/x-jsonl' } })
}

/** Ends a batch: its results are lines of one list, in order. */
export const endAnthropic = (batch: KeptBatch, fates: readonly Fate[]): void => {
  const counts = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
  const rows = batch.lines.map(({ custom_id, body }, index) => {
    const result = resultOf(body, fates[index] ?? 'failed')
    counts[result.type] += 1
    return JSON.stringify({ custom_id, result })
  })
  batch.results = `${rows.join('\n')}\n`
  batch.body = {
    ...batch.body,
    processing_status: 'ended',
    request_counts: counts,
    ended_at: new Date().toISOString(),
    // The vendor's own address, which no client of a gateway should be sent to.
    results_url: `https://api.vendor.invalid/v1/messages/batches/${batch.id}/results`,
  }
}

const resultOf = (params: Line['body'], fate: Fate) => {
  if (typeof fate === 'object') return { type: 'succeeded', message: messageOf(params, fate.usage) } as const
  if (fate === 'expired') return { type: 'expired' } as const
  if (fate === 'cancelled') return { type: 'canceled' } as const
  const error = { type: 'error', error: { type: 'invalid_request_error', message: 'no' } }
  return { type: 'errored', error } as const
}

const messageOf = (params: Line['body'], usage: unknown) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: params['model'],
  content: [{ type: 'text', text: 'Aye, aye.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage,
})

const anthropicError = (status: number, type: string, message: string): Response =>
  Response.json({ type: 'error', error: { type, message } }, { status })
