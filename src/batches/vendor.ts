import type { Model } from '../canon/model.ts'
import type { KeptAt } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import { refusalOf } from '../gateway/upstream-errors.ts'
import { type Unanswered, unanswered } from '../gateway/upstream-failures.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate, Channel, Provider, ProviderKey } from '../routing/types.ts'
import { ONE } from '../units.ts'
import type { Authorizer } from '../upstream/credentials.ts'
import { upstreamHeaders } from '../upstream/headers.ts'
import type { Send, UpstreamAnswer, UpstreamRequest } from '../upstream/types.ts'

/** A key of a provider, and the channel it is used through. */
export interface Account {
  readonly channel: Channel
  readonly key: ProviderKey
}

/** What is asked. `path`: under the base URL, encoded. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: string
  /** The client's, where it is a client that asks. */
  readonly headers?: Headers
  readonly contentType?: string
  readonly body?: Uint8Array | undefined
}

export interface Vendor {
  ask(account: Account, question: Question, hangUp: AbortSignal): Promise<Result<UpstreamAnswer, Unanswered>>
}

export interface VendorDeps {
  readonly sendTo: (provider: Provider) => Send
  readonly authorizer: Authorizer
}

const NO_HEADERS = new Headers()

/** Asks providers what concerns files and batches, each with one key. */
export const createVendor = ({ sendTo, authorizer }: VendorDeps): Vendor => ({
  ask: async ({ channel: { provider }, key }, question, hangUp) => {
    const { kind } = provider
    const request = requestOf(provider, key, question)
    const ready = kind.credentials ? await authorizer.authorize(provider, key.secret, request) : ok(request)
    return ready.ok ? sendTo(provider)(ready.value, hangUp) : ready
  },
})

const requestOf = (provider: Provider, key: ProviderKey, question: Question): UpstreamRequest => {
  const { kind, baseUrl, timeouts } = provider
  const { method, path, query = '', headers = NO_HEADERS, contentType, body } = question
  const own = upstreamHeaders(headers, kind.auth, kind.credentials ? '' : key.secret, kind.headers)
  // Of a body that is not there nothing is said; of one of ours, what it is.
  delete own['content-type']
  if (body !== undefined) own['content-type'] = contentType ?? 'application/json'
  return { method, url: baseUrl + path + query, headers: own, body, timeouts }
}

/** What a client is told: a vendor's answer, or its refusal. */
export interface Told {
  readonly status: number
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** The answer of a vendor where there is one that a client may see. `body`: of a whole answer. */
export const wholeOf = async (
  call: Pick<Call, 'protocol'>,
  account: Account,
  sent: Result<UpstreamAnswer, Unanswered>,
  bytesMax: number,
  nowMs: number,
): Promise<Result<Told, GatewayError>> => {
  const candidate = candidateAt(account)
  if (!sent.ok) return err(unanswered(sent.error, candidate))
  const { status } = sent.value
  if (status >= 400) return refusedBy(call, account, sent.value, bytesMax, nowMs)
  if (status < 200 || status >= 300) {
    sent.value.cancel()
    return err(fault('upstream-unreadable', `Provider ${account.channel.provider.id} answered with status ${status}.`))
  }
  const body = await sent.value.whole(bytesMax)
  if (!body.ok) return err(unanswered(body.error, candidate))
  return ok({ status, body: body.value, headers: {} })
}

/** A vendor's refusal as a client may see it. */
export const refusedBy = async (
  { protocol }: Pick<Call, 'protocol'>,
  account: Account,
  answer: UpstreamAnswer,
  bytesMax: number,
  nowMs: number,
): Promise<Result<Told, GatewayError>> => {
  const prepared = {
    protocol,
    action: 'pass-through' as const,
    body: new Uint8Array(),
    sends: true,
    estimate: () => Promise.reject(new Error('nothing is reckoned of files and batches')),
    translation: undefined,
    readError: (status: number) => fault('upstream-failed', `The provider failed with status ${status}.`),
    warnings: [],
  }
  const refusal = await refusalOf({ candidate: candidateAt(account), answer, prepared }, bytesMax, nowMs)
  if (!refusal.ok) return refusal
  const { status, body, retry } = refusal.value
  return ok({ status, body, headers: { 'content-type': 'application/json', ...retry } })
}

/** Stands for a model where nothing asks one. */
export const NO_MODEL: Model = {
  id: '',
  vendor: '',
  type: 'chat',
  displayName: '',
  contextWindow: undefined,
  maxOutputTokens: undefined,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions: [],
}

export const candidateAt = ({ channel }: Pick<Account, 'channel'>): Candidate => ({
  channel,
  model: NO_MODEL,
  requestedAs: 'files and batches',
  upstreamModel: '',
  upstreamFormat: channel.provider.formats[0] ?? 'openai-chat',
  why: 'only channel',
})

/** Where something is kept, as it is configured now; `undefined`: its provider or key is gone. */
export type AccountOf = (kept: Pick<KeptAt, 'provider' | 'channel' | 'providerKey'>) => Account | undefined

export const createAccountOf =
  (channels: readonly Channel[], providers: (id: string) => Provider | undefined): AccountOf =>
  ({ provider: id, channel: channelId, providerKey }) => {
    const at = channels.filter((channel) => channel.provider.id === id)
    const channel = at.find((one) => one.id === channelId) ?? at[0] ?? closed(channelId, providers(id))
    const key = channel?.provider.keys.find((one) => one.id === providerKey)
    return channel && key && { channel, key }
  }

/** A channel that serves nobody any more. */
const closed = (id: string, provider: Provider | undefined): Channel | undefined =>
  provider && { id, provider, groups: new Set(), models: null, modelMap: {}, priority: 0, weight: 1 }

export const accountGone = (provider: string): GatewayError =>
  fault(
    'invalid-request',
    `Provider ${provider}, or the key of it that keeps this, is not configured any more. Upload the file again, or ask the operator to put the key back.`,
  )
