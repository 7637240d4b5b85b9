import type { Observation } from '../../canon/protocol.ts'
import type { Ended } from '../../canon/receipt.ts'
import { ERRORS, fault, type GatewayError } from '../../errors.ts'
import type { Settlement } from '../../ledger/types.ts'
import { inputTokensTypical } from '../../metering/estimate.ts'
import { formatUsd } from '../../units.ts'
import { type AnswerHeaders, answerHeaders, isEvents, type LimitHeaders, statusOf } from '../answer.ts'
import type { Admitted, Begun, Call } from '../call.ts'
import type { OnDisconnectOf } from '../disconnect.ts'
import type { Watchdog } from '../../upstream/watchdog.ts'
import { secretsHiderOf } from '../provider-secrets.ts'
import { refusalOf } from '../upstream-errors.ts'
import { failureOf } from '../upstream-failures.ts'
import type { Ask } from './ask.ts'
import type { PassBegun } from './attempt.ts'
import { createEventMeter, createNoMeter, createWeight, type Meter, observeJson, textOfJson } from './meter.ts'
import { passStream } from './stream.ts'

export interface PassRelayDeps {
  readonly eventBytesMax: number
  readonly deliveredBytesMax: number
  readonly answerBytesMax: number
  readonly clientIdleMs: number
  readonly drainTimeoutMs: number
  readonly onDisconnectOf: OnDisconnectOf
  readonly watchdog: Watchdog
  readonly limitHeaders: LimitHeaders
  readonly refuse: (call: Call, error: GatewayError, admission?: Admitted['admission']) => Response
  readonly onDefect: (call: Call, error: unknown) => void
  readonly nowMs: () => number
}

/** Statuses without a body. */
const NO_BODY = new Set([204, 205, 304])

/**
 * Passes an upstream's answer on: JSON whole, so that it can say what it cost; everything else as it comes. Nothing is
 * delivered before the hold is durable.
 */
export const createPassRelay =
  (deps: PassRelayDeps) =>
  async (call: Call, ask: Ask, admitted: Admitted, { candidate, answer }: PassBegun): Promise<Response> => {
    const begun = asBegun(call, { candidate, answer })
    const giveUp = (error: GatewayError): Response => {
      settleQuietly(
        admitted,
        candidate,
        error.kind === 'client-closed' ? 'client_cut' : 'failed',
        statusOf(error, call),
      )
      return deps.refuse(call, error, admitted.admission)
    }
    const durable = await admitted.tab.hold.durable
    if (!durable.ok) {
      answer.cancel()
      return giveUp(durable.error)
    }
    const { status } = answer
    if (status >= 400 || status < 200) return relayRefusal(deps, call, admitted, begun, giveUp)
    if (status >= 300 && status !== 304) {
      answer.cancel()
      return giveUp(redirected(candidate.channel.provider.id, status))
    }
    const headers = answerHeaders(call, begun, admitted, deps.limitHeaders)
    if (ask.isFree) delete headers['x-tollgate-model']
    const isEmpty = NO_BODY.has(status) || call.request.method === 'HEAD'
    if (isEmpty || isJson(answer.headers)) return relayWhole(deps, call, ask, admitted, begun, headers, isEmpty, giveUp)
    const meter = meterOf(deps, ask, admitted, begun)
    return passStream(deps, call, admitted, begun, meter, headers)
  }

/** What error readers and header writers of other answers want to know of this one. */
const asBegun = (call: Call, { candidate, answer }: PassBegun): Begun => ({
  candidate,
  answer,
  prepared: {
    protocol: call.protocol,
    action: 'pass-through',
    body: new Uint8Array(),
    sends: true,
    estimate: () => Promise.reject(new Error('a pass-through is not reckoned here')),
    translation: undefined,
    readError: (status) => fault('upstream-failed', `The provider failed with status ${status}.`),
    warnings: [],
  },
})

const redirected = (id: string, status: number): GatewayError =>
  fault(
    'upstream-unreadable',
    `Provider ${id} answered with a redirect (status ${status}), which is neither followed nor passed on. Nothing was charged.`,
  )

const isJson = (headers: Headers): boolean =>
  /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i.test(headers.get('content-type') ?? '')

const meterOf = (deps: PassRelayDeps, ask: Ask, admitted: Admitted, { answer, candidate }: Begun): Meter => {
  if (ask.isFree) return createNoMeter()
  const { maxOutputTokens, contextWindow } = candidate.model
  const options = {
    ...deps,
    outputTokensMax: maxOutputTokens ?? contextWindow ?? OUTPUT_TOKENS_UNKNOWN,
    inputTokens: inputTokensTypical(admitted.envelope.scan),
  }
  return isEvents(answer.headers) ? createEventMeter(options) : createWeight(options)
}

const OUTPUT_TOKENS_UNKNOWN = 128_000

const relayWhole = async (
  deps: PassRelayDeps,
  call: Call,
  ask: Ask,
  admitted: Admitted,
  { answer, candidate }: Begun,
  headers: AnswerHeaders,
  isEmpty: boolean,
  giveUp: (error: GatewayError) => Response,
): Promise<Response> => {
  const body = await answer.whole(deps.answerBytesMax)
  if (!body.ok) return giveUp(failureOf(body.error, candidate))
  const ttftMs = Math.round(deps.nowMs() - call.startedAtMs)
  const left = call.request.signal.aborted
  const observation = observationOf(ask, body.value, isEmpty)
  const settlement = await admitted.tab.close({
    candidate,
    ended: left ? 'client_cut' : 'whole',
    status: left ? ERRORS['client-closed'].status : answer.status,
    observation,
    delivered: () => textOfJson(body.value, deps.deliveredBytesMax),
    ttftMs,
  })
  headers['x-tollgate-cost-usd'] = formatUsd(settlement.charged)
  if (observation.usage === undefined) headers['x-tollgate-estimated'] = 'true'
  const shown = isEmpty ? null : secretsHiderOf(candidate.channel.provider)(body.value)
  return new Response(shown as Uint8Array<ArrayBuffer> | null, { status: answer.status, headers })
}

const observationOf = (ask: Ask, body: Uint8Array, isEmpty: boolean): Observation => {
  if (ask.isFree) return createNoMeter().observe(true)
  const observed = observeJson(body)
  return isEmpty ? { ...observed, contentSeen: false } : observed
}

/** An upstream's own refusal, without what it says of the operator's account. */
const relayRefusal = async (
  deps: PassRelayDeps,
  call: Call,
  admitted: Admitted,
  begun: Begun,
  giveUp: (error: GatewayError) => Response,
): Promise<Response> => {
  const refusal = await refusalOf(begun, deps.answerBytesMax, deps.nowMs())
  if (!refusal.ok) return giveUp(refusal.error)
  const { status, body, retry } = refusal.value
  const headers = answerHeaders(call, begun, admitted, deps.limitHeaders)
  for (const [name, value] of Object.entries(retry)) headers[name] ??= value
  await settle(admitted, begun.candidate, 'failed', status)
  return new Response(body as Uint8Array<ArrayBuffer>, { status, headers })
}

const settle = ({ tab }: Admitted, candidate: Begun['candidate'], ended: Ended, status: number): Promise<Settlement> =>
  tab.close({ candidate, ended, status, observation: undefined, delivered: () => '', ttftMs: null })

/** The client is answered at once; a tab that cannot be closed has given its hold back and been logged by its opener. */
const settleQuietly = (admitted: Admitted, candidate: Begun['candidate'], ended: Ended, status: number): void => {
  settle(admitted, candidate, ended, status).catch(() => undefined)
}
