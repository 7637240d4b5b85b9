import type { Envelope } from '../canon/envelope.ts'
import type { Attempt } from '../canon/receipt.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate, Provider } from '../routing/types.ts'
import { upstreamHeaders } from '../upstream/headers.ts'
import type { Send, UpstreamAnswer, UpstreamFault, UpstreamRequest } from '../upstream/types.ts'
import type { Admitted, Begun, Call } from './call.ts'
import type { Prepare, Prepared } from './lane.ts'

export interface AttemptDeps {
  readonly sendTo: (provider: Provider) => Send
  /** The provider key to use now. */
  readonly pickKey: (provider: Provider) => string
  readonly attemptsMax: number
  /** Whether a client's hang-up ends the upstream request (`delivered`) or lets it run to its end (`drain`). */
  readonly hangUpOf: (call: Call) => AbortSignal
  /** Makes a request ready for one candidate after the other. */
  readonly lanes: (call: Call, envelope: Envelope) => Prepare
  readonly nowMs: () => number
}

/**
 * Sends the request to one candidate after the other until one answers. Moves on where the fault is the provider's
 * (no connection, 5xx, its rate limit, its credentials) or the request cannot be written for it, and another candidate
 * is left; a client's mistake is not retried.
 */
export const createAttempt =
  (deps: AttemptDeps) =>
  async (call: Call, { envelope, candidates, tab }: Admitted): Promise<Result<Begun, GatewayError>> => {
    const tries = candidates.slice(0, deps.attemptsMax)
    const prepare = deps.lanes(call, envelope)
    let failure: GatewayError = fault('internal', 'No candidate was tried.')
    for (const [index, candidate] of tries.entries()) {
      const prepared = prepare(candidate)
      if (!prepared.ok) {
        tab.attempts.push({ channel: candidate.channel.id, status: 0, error: 'untranslatable', ms: 0 })
        failure = prepared.error
        continue
      }
      const startedAtMs = deps.nowMs()
      tab.sentAtMs ??= startedAtMs
      if (!prepared.value.sends) return reckoned(candidate, prepared.value)
      const { provider } = candidate.channel
      const request = buildRequest(call, candidate, envelope, prepared.value, deps.pickKey(provider))
      const sent = await deps.sendTo(provider)(request, deps.hangUpOf(call))
      const status = sent.ok ? sent.value.status : 0
      tab.attempts.push(noteOf(candidate, status, sent.ok ? undefined : sent.error, deps.nowMs() - startedAtMs))
      if (!sent.ok) {
        failure = failureOf(sent.error, candidate)
        if (sent.error.kind === 'aborted') break
        continue
      }
      if (isProvidersFault(status) && index + 1 < tries.length) {
        sent.value.cancel()
        continue
      }
      if (NO_SUCH_ENDPOINT.has(status) && prepared.value.action === 'count-tokens') {
        sent.value.cancel()
        return reckoned(candidate, prepared.value)
      }
      tab.warnings.push(...prepared.value.warnings)
      return ok({ candidate, answer: sent.value, prepared: prepared.value })
    }
    return err(failure)
  }

const NO_SUCH_ENDPOINT = new Set([404, 405, 501])

/** The answer to a token count that no upstream gives. */
const reckoned = async (candidate: Candidate, prepared: Prepared): Promise<Result<Begun, GatewayError>> => {
  const count = await prepared.estimate()
  if (!count.ok) return count
  const bytes = new TextEncoder().encode(count.value)
  const answer: UpstreamAnswer = {
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    read: async () => ok(undefined),
    whole: async () => ok(bytes),
    cancel: () => {},
  }
  return ok({ candidate, answer, prepared, estimated: true })
}

const buildRequest = (
  call: Call,
  candidate: Candidate,
  envelope: Admitted['envelope'],
  { protocol, action, body }: Prepared,
  key: string,
): UpstreamRequest => {
  const { provider } = candidate.channel
  const { kind } = provider
  const format = candidate.upstreamFormat
  const foreign = format !== call.operation.format
  const path = protocol.upstreamPath(action, candidate.upstreamModel, envelope.stream)
  const query = foreign ? queryOf(format, envelope.stream ? ALT_SSE : NO_QUERY) : queryOf(format, call.search)
  // Headers of one vendor's client mean nothing to another vendor, and some are refused.
  const client = foreign ? NO_HEADERS : call.request.headers
  return {
    method: 'POST',
    url: rootOf(provider, format) + path + query,
    headers: upstreamHeaders(client, kind.authByFormat?.[format] ?? kind.auth, key, kind.headers),
    body,
    timeouts: provider.timeouts,
  }
}

const NO_HEADERS = new Headers()
const NO_QUERY = new URLSearchParams()
/** Without it Gemini streams a JSON array. The other formats have no such parameter. */
const ALT_SSE = new URLSearchParams({ alt: 'sse' })

/** Some vendors keep a second format under another path of the same origin. */
const rootOf = (provider: Provider, format: Candidate['upstreamFormat']): string => {
  const root = provider.kind.rootByFormat?.[format]
  return root === undefined ? provider.baseUrl : new URL(provider.baseUrl).origin + root
}

/**
 * The parameters of the client's query that pass on, by format. Nothing else does: Google's `fields` would leave the
 * usage out of the answer, and `access_token` would ask on somebody else's account.
 */
const AZURE = { 'api-version': /^[\w.-]{1,40}$/ }
const PASSED_QUERY: Readonly<Record<Candidate['upstreamFormat'], Readonly<Record<string, RegExp>>>> = {
  // `$alt` is what Google's older clients send, for enums as numbers.
  gemini: { alt: /^(?:sse|json)$/, $alt: /^json(?:;enum-encoding=int)?$/ },
  'anthropic-messages': { beta: /^(?:true|false)$/ },
  'openai-chat': AZURE,
  'openai-responses': AZURE,
  'openai-completions': AZURE,
  'openai-embeddings': AZURE,
}

const queryOf = (format: Candidate['upstreamFormat'], search: URLSearchParams): string => {
  if (search.size === 0) return ''
  const kept = new URLSearchParams()
  for (const [name, values] of Object.entries(PASSED_QUERY[format])) {
    const value = search.get(name)
    if (value !== null && values.test(value)) kept.set(name, value)
  }
  return kept.size === 0 ? '' : `?${kept}`
}

const isProvidersFault = (status: number): boolean =>
  status >= 500 || status === 429 || status === 408 || status === 401 || status === 402 || status === 403

const noteOf = (candidate: Candidate, status: number, failed: UpstreamFault | undefined, ms: number): Attempt => {
  const error = failed ? failed.kind : status >= 400 ? `status ${status}` : null
  return { channel: candidate.channel.id, status, error, ms: Math.round(ms) }
}

/** What a client is told of a fault: never a host, an address or a key. */
export const failureOf = (failed: UpstreamFault, candidate: Candidate): GatewayError => {
  const { id } = candidate.channel.provider
  const internal = failed.detail
  switch (failed.kind) {
    case 'aborted':
      return fault('client-closed', 'The client hung up before the answer began.', { internal })
    case 'timeout':
      return fault('upstream-timeout', `Provider ${id} did not answer in time. Nothing was charged; try again.`, {
        internal,
      })
    case 'connect':
      return fault('upstream-failed', `Provider ${id} could not be reached. Nothing was charged; try again.`, {
        internal,
      })
    case 'too-large': {
      const message = `Provider ${id} sent an answer larger than this gateway takes. Nothing was charged; ask for less, or stream it.`
      return fault('upstream-unreadable', message, { internal })
    }
    case 'unreadable':
      return fault('upstream-unreadable', `Provider ${id} sent what is not readable. Nothing was charged; try again.`, {
        internal,
      })
    case 'reset':
      return fault('upstream-failed', `Provider ${id} broke off the connection. Nothing was charged; try again.`, {
        internal,
      })
  }
}
