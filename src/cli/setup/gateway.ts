import { randomBytes } from 'node:crypto'
import { err, ok, type Result } from '../../result.ts'
import { isModelName } from '../../setup/plan.ts'
import { bodyOf, pathOf } from '../../setup/request.ts'
import { withoutControls } from '../../setup/shown.ts'
import type { Client } from '../../setup/types.ts'
import { VERSION } from '../../version.ts'

const TIMEOUT_MS = 60_000
const RECEIPT_TRIES = 10
const RECEIPT_PAUSE_MS = 300

/** What the gateway says it serves to a key, newest first, and what time it has. */
export interface Offer {
  readonly models: readonly string[]
  /** Of its `Date` header; `undefined`: it has none. */
  readonly clockMs: number | undefined
}

/** What became of the test request. */
export interface Reached {
  readonly requestId: string
  readonly status: number
  /** What the gateway refused it with; `undefined`: it was answered. */
  readonly refusal: string | undefined
  /** The receipt, where this key may see it. */
  readonly receipt: Readonly<Record<string, unknown>> | undefined
}

type Json = Readonly<Record<string, unknown>>

const agentOf = (client: Client): string => `tollgate-setup/${VERSION} (${client.id})`

const authOf = ({ auth }: Client, key: string): Record<string, string> => ({
  [auth]: auth === 'authorization' ? `Bearer ${key}` : key,
})

const ask = async (url: string, init: RequestInit): Promise<Result<Response, string>> => {
  try {
    return ok(await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) }))
  } catch (error) {
    return err(`${new URL(url).origin} does not answer: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

const jsonOf = async (response: Response): Promise<Json> => {
  const text = await response.text()
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : {}
  } catch {
    // A page of something that is no gateway; who asks sees that nothing expected is in it.
    return {}
  }
}

const messageOf = (body: Json): string => {
  const error = body.error
  const message = typeof error === 'object' && error !== null ? (error as Json).message : undefined
  return typeof message === 'string' ? withoutControls(message) : 'no reason given'
}

/** Asks which models a key may use. */
export const offerOf = async (base: string, client: Client, key: string): Promise<Result<Offer, string>> => {
  const headers = { authorization: `Bearer ${key}`, 'user-agent': agentOf(client) }
  const answer = await ask(`${base}/v1/models`, { headers })
  if (!answer.ok) return answer
  const { status } = answer.value
  const body = await jsonOf(answer.value)
  if (status !== 200 && typeof body.error === 'object')
    return err(`${base} refuses the key (${status}): ${messageOf(body)}`)
  if (!Array.isArray(body.data))
    return err(`${base} is not a gateway: GET /v1/models answers ${status}, without models.`)
  const listed = body.data as readonly Json[]
  const generating = listed
    .filter(({ id, type }) => (type === undefined || type === 'chat') && typeof id === 'string' && isModelName(id))
    .toSorted((left, right) => (Number(right.created) || 0) - (Number(left.created) || 0))
  const clockMs = Date.parse(answer.value.headers.get('date') ?? '')
  return ok({
    models: generating.map(({ id }) => String(id)),
    clockMs: Number.isNaN(clockMs) ? undefined : clockMs,
  })
}

/**
 * Sends a small request as the client would, and looks whether it came to this gateway: the answer names the request,
 * and the gateway has a receipt of it, of the same format.
 */
export const tryRequest = async (
  base: string,
  client: Client,
  key: string,
  model: string,
): Promise<Result<Reached, string>> => {
  const marker = randomBytes(6).toString('hex')
  const headers = {
    ...authOf(client, key),
    'content-type': 'application/json',
    'user-agent': agentOf(client),
    ...(client.format === 'anthropic-messages' && { 'anthropic-version': '2023-06-01' }),
  }
  const answer = await ask(base + pathOf(client.format, model), {
    method: 'POST',
    headers,
    body: bodyOf(client.format, model, marker),
  })
  if (!answer.ok) return answer
  const { status } = answer.value
  const requestId = answer.value.headers.get('x-tollgate-request-id') ?? answer.value.headers.get('x-request-id') ?? ''
  const body = await jsonOf(answer.value)
  if (!/^req_\w+$/.test(requestId))
    return err(`Something answered at ${base} (${status}), but it is not this gateway: it names no request.`)
  if (status !== 200) return ok({ requestId, status, refusal: messageOf(body), receipt: undefined })
  const receipt = await receiptOf(base, client, key, requestId)
  if (!receipt.ok) return receipt
  return ok({ requestId, status, refusal: undefined, receipt: receipt.value })
}

/** A receipt is written a moment after the answer. A key without the right to see it still has reached the gateway. */
const receiptOf = async (
  base: string,
  client: Client,
  key: string,
  requestId: string,
): Promise<Result<Json | undefined, string>> => {
  for (let attempt = 1; ; attempt += 1) {
    const headers = { authorization: `Bearer ${key}`, 'user-agent': agentOf(client) }
    const answer = await ask(`${base}/v1/receipts/${requestId}`, { headers })
    if (!answer.ok) return answer
    const body = await jsonOf(answer.value)
    if (answer.value.status === 403) return ok(undefined)
    if (body.request_id === requestId && body.client_format === client.format) return ok(body)
    if (attempt === RECEIPT_TRIES) return err(`${base} answered as request ${requestId}, but has no receipt of it.`)
    await new Promise((resolve) => setTimeout(resolve, RECEIPT_PAUSE_MS))
  }
}
