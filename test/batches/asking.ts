import { until } from '../harness/server-process.ts'
import type { Customer } from '../harness/admin.ts'
import type { BatchStand } from './stand.ts'

/** An answer, read. */
export interface Read {
  readonly status: number
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
  readonly requestId: string
  /** `id` of the body. */
  readonly id: string
}

/** Asks as a customer. */
export const ask = async (
  { gateway }: BatchStand,
  { key }: Customer,
  method: string,
  path: string,
  body?: string | FormData,
  headers: Readonly<Record<string, string>> = {},
): Promise<Read> => {
  const json: Record<string, string> = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
  const answer = await fetch(gateway().url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...json, ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json') === true && text.startsWith('{')
  const read: unknown = isJson && !text.trimEnd().includes('\n') ? JSON.parse(text) : {}
  return {
    status: answer.status,
    text,
    body: read as Read['body'],
    id: JSON.stringify((read as Read['body'])['id'] ?? '').slice(1, -1),
    requestId: answer.headers.get('x-request-id') ?? '',
  }
}

/** A chat request as a line of a batch. */
export const line = (id: string, model = 'mate', more: Readonly<Record<string, unknown>> = {}) => ({
  custom_id: id,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model, messages: [{ role: 'user', content: 'Which way?' }], max_tokens: 100, ...more },
})

export const upload = (
  stand: BatchStand,
  customer: Customer,
  content: string,
  purpose = 'batch',
  path = '/v1/files',
): Promise<Read> => {
  const form = new FormData()
  form.set('purpose', purpose)
  form.set('file', new File([content], 'lines.jsonl'))
  return ask(stand, customer, 'POST', path, form)
}

export const linesText = (lines: readonly unknown[]): string =>
  `${lines.map((one) => JSON.stringify(one)).join('\n')}\n`

export const create = (stand: BatchStand, customer: Customer, file: unknown, endpoint = '/v1/chat/completions') =>
  ask(
    stand,
    customer,
    'POST',
    '/v1/batches',
    JSON.stringify({ input_file_id: file, endpoint, completion_window: '24h' }),
  )

/** Uploads lines and makes a batch of them; the batch's id and the request's. */
export const made = async (stand: BatchStand, customer: Customer, lines: readonly unknown[]) => {
  const file = await upload(stand, customer, linesText(lines))
  if (file.status !== 200) throw new Error(`the file was refused: ${file.text}`)
  const batch = await create(stand, customer, file.id)
  if (batch.status !== 200) throw new Error(`the batch was refused: ${batch.text}`)
  return { id: batch.id, fileId: file.id, requestId: batch.requestId, batch }
}

/** A batch of the Messages API. */
export const requests = (stand: BatchStand, customer: Customer, models: readonly string[]): Promise<Read> => {
  const list = models.map((model, index) => ({
    custom_id: `r${index}`,
    params: { model, max_tokens: 100, messages: [{ role: 'user', content: 'Which way?' }] },
  }))
  return ask(stand, customer, 'POST', '/v1/messages/batches', JSON.stringify({ requests: list }), VERSION)
}

export const VERSION = { 'anthropic-version': '2023-06-01' }

export const heldUsd = async ({ gateway }: BatchStand, { userId }: Customer): Promise<string> =>
  (await gateway().balance(userId)).held_usd

/** Waits until nothing is held for a customer any more. */
export const untilFree = (stand: BatchStand, customer: Customer): Promise<void> =>
  until('nothing is held', async () => Number(await heldUsd(stand, customer)) === 0)

/** Of OpenAI: 100 tokens of input, 20 of them cached, and 10 of output. At `mate`'s price for batches 130 micro-dollars. */
export const CHAT_USAGE = {
  prompt_tokens: 100,
  completion_tokens: 10,
  total_tokens: 110,
  prompt_tokens_details: { cached_tokens: 20 },
}
export const ZERO = '0.000000000'
