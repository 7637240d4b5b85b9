import type { Envelope } from '../canon/envelope.ts'
import type { Attempt } from '../canon/receipt.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate, Provider } from '../routing/types.ts'
import type { Authorizer } from '../upstream/credentials.ts'
import type { TokenFault } from '../upstream/google-tokens.ts'
import type { Send, UpstreamAnswer, UpstreamFault } from '../upstream/types.ts'
import type { Admitted, Begun, Call } from './call.ts'
import type { Prepare, Prepared } from './lane.ts'
import { buildRequest, inItsFormat } from './upstream-request.ts'

export interface AttemptDeps {
  readonly sendTo: (provider: Provider) => Send
  /** The provider key to use now. */
  readonly pickKey: (provider: Provider) => string
  readonly authorizer: Authorizer
  readonly attemptsMax: number
  /** Whether a client's hang-up ends the upstream request (`delivered`) or lets it run to its end (`drain`). */
  readonly hangUpOf: (call: Call) => AbortSignal
  /** Makes a request ready for one candidate after the other. */
  readonly lanes: (call: Call, envelope: Envelope, principal: Principal) => Prepare
  readonly eventBytesMax: number
  readonly nowMs: () => number
}

/**
 * Sends the request to one candidate after the other until one answers. Moves on where the fault is the provider's
 * (no connection, 5xx, its rate limit, its credentials) or the request cannot be written for it, and another candidate
 * is left; a client's mistake is not retried.
 */
export const createAttempt =
  (deps: AttemptDeps) =>
  async (call: Call, { envelope, candidates, tab, principal }: Admitted): Promise<Result<Begun, GatewayError>> => {
    const tries = candidates.slice(0, deps.attemptsMax)
    const prepare = deps.lanes(call, envelope, principal)
    let failure: GatewayError = fault('internal', 'No candidate was tried.')
    for (const [index, candidate] of tries.entries()) {
      const prepared = await prepare(candidate)
      if (!prepared.ok) {
        tab.attempts.push({ channel: candidate.channel.id, status: 0, error: 'untranslatable', ms: 0 })
        failure = prepared.error
        continue
      }
      const startedAtMs = deps.nowMs()
      tab.sentAtMs ??= startedAtMs
      if (!prepared.value.sends) return reckoned(candidate, prepared.value)
      const sent = await send(deps, call, candidate, envelope, prepared.value)
      const status = sent.ok ? sent.value.status : 0
      tab.attempts.push(noteOf(candidate, status, sent.ok ? undefined : sent.error, deps.nowMs() - startedAtMs))
      if (!sent.ok) {
        failure = unsent(sent.error, candidate)
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
      const answer = inItsFormat(sent.value, candidate, deps.eventBytesMax)
      return ok({ candidate, answer, prepared: prepared.value })
    }
    return err(failure)
  }

/** Sends the request with one key of the provider. */
const send = async (
  deps: AttemptDeps,
  call: Call,
  candidate: Candidate,
  envelope: Envelope,
  prepared: Prepared,
): Promise<Result<UpstreamAnswer, Failed>> => {
  const { provider } = candidate.channel
  const key = deps.pickKey(provider)
  const request = buildRequest(call, candidate, envelope, prepared, key)
  const ready = provider.kind.credentials ? await deps.authorizer.authorize(provider, key, request) : ok(request)
  if (!ready.ok) return ready
  const sent = await deps.sendTo(provider)(ready.value, deps.hangUpOf(call))
  if (sent.ok && sent.value.status === 401) deps.authorizer.refused(provider, key)
  return sent
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

const isProvidersFault = (status: number): boolean =>
  status >= 500 || status === 429 || status === 408 || status === 401 || status === 402 || status === 403

type Failed = UpstreamFault | TokenFault

const noteOf = (candidate: Candidate, status: number, failed: Failed | undefined, ms: number): Attempt => {
  const error = failed ? failed.kind : status >= 400 ? `status ${status}` : null
  return { channel: candidate.channel.id, status, error, ms: Math.round(ms) }
}

/** Without a token for it nothing was sent. */
const unsent = (failed: Failed, candidate: Candidate): GatewayError => {
  if (failed.kind !== 'no-token') return failureOf(failed, candidate)
  const { id } = candidate.channel.provider
  const internal = failed.detail
  if (failed.isRefused) return fault('upstream-refused', accountMessage(id), { internal })
  const message = `Provider ${id} could not be reached: the service that lets the gateway in does not answer. Nothing was charged; try again.`
  return fault('upstream-failed', message, { internal })
}

const accountMessage = (id: string): string =>
  `Provider ${id} refused the gateway's own credentials or account. Nothing was charged. Your key is fine: tell the operator, or choose another model.`

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
