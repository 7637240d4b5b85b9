import type { StreamTap } from '../canon/protocol.ts'
import type { Ended } from '../canon/receipt.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { UpstreamFault } from '../upstream/types.ts'
import type { Watchdog } from '../upstream/watchdog.ts'
import type { AnswerHeaders } from './answer.ts'
import { failureOf } from './attempt.ts'
import type { Admitted, Begun, Call } from './call.ts'
import type { Closing } from './tab.ts'

export interface StreamDeps {
  readonly eventBytesMax: number
  readonly deliveredBytesMax: number
  /** Silence after which a sign of life is sent, where the client's format has one. */
  readonly keepAliveMs: number
  readonly onDisconnect: 'delivered' | 'drain'
  readonly drainTimeoutMs: number
  readonly watchdog: Watchdog
  readonly nowMs: () => number
}

const TEXT = new TextEncoder()

/**
 * Relays a stream as it comes: one read, one write, nothing read ahead of the client (`highWaterMark: 0`), so that a
 * client that stops reading stops the upstream too. Settled before the client can see the end, so that a receipt asked
 * for at once is there.
 */
export const relayStream = (deps: StreamDeps, call: Call, admitted: Admitted, begun: Begun, headers: AnswerHeaders): Response => {
  const { answer, candidate } = begun
  const tap = call.protocol.tap({
    withholdUsage: admitted.envelope.stream && !admitted.envelope.includesUsage && candidate.channel.provider.kind.dialect.acceptsStreamOptions,
    wholeEvents: true,
    eventBytesMax: deps.eventBytesMax,
    deliveredBytesMax: deps.deliveredBytesMax,
  })
  let ttftMs: number | null = null
  let clientGone = false
  const close = (ended: Ended) => admitted.tab.close(closingOf(begun, tap, ended, ttftMs))
  const beat = createHeartbeat(deps, call)

  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    beat.waiting(controller)
    for (;;) {
      const chunk = await answer.read()
      // The client left while this read was waiting: what it brought still counts, for a bill by draining.
      if (clientGone) return void (chunk.ok && chunk.value && tap.push(chunk.value))
      if (!chunk.ok) return breakOff(controller, failureDuring(chunk.error, begun))
      if (chunk.value === undefined) return finish(controller)
      ttftMs ??= Math.round(deps.nowMs() - call.startedAtMs)
      const passed = tap.push(chunk.value)
      if (passed.length === 0) continue
      beat.done()
      controller.enqueue(passed)
      return
    }
  }

  const finish = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const rest = tap.rest()
    const { terminal, error } = tap.observe()
    if (!terminal && error === undefined) return breakOff(controller, cutShort(candidate.channel.provider.id))
    beat.end()
    if (rest.length > 0) controller.enqueue(rest)
    await close(endingOf(tap))
    controller.close()
  }

  const breakOff = async (controller: ReadableStreamDefaultController<Uint8Array>, error: GatewayError): Promise<void> => {
    beat.end()
    const { contentSeen, error: told } = tap.observe()
    if (error.kind === 'client-closed') return void (await close('client_cut'))
    await close(contentSeen ? 'upstream_cut' : 'failed')
    // An event cut in two is never passed on, so this one starts on a line of its own. The upstream's own error suffices.
    if (told === undefined) controller.enqueue(TEXT.encode(call.protocol.renderStreamError(error, call.id)))
    controller.close()
  }

  const cancel = async (): Promise<void> => {
    beat.end()
    clientGone = true
    if (deps.onDisconnect === 'drain') await drain(deps, begun, tap)
    answer.cancel()
    await close('client_cut')
  }

  return new Response(new ReadableStream({ pull, cancel }, { highWaterMark: 0 }), { status: answer.status, headers })
}

const endingOf = (tap: StreamTap): Ended => {
  const { error, contentSeen } = tap.observe()
  if (error === undefined) return 'whole'
  return contentSeen ? 'upstream_cut' : 'failed'
}

const closingOf = ({ candidate, answer }: Begun, tap: StreamTap, ended: Ended, ttftMs: number | null): Closing => ({
  candidate,
  ended,
  status: answer.status,
  observation: tap.observe(),
  delivered: () => tap.delivered(),
  ttftMs,
})

const cutShort = (provider: string): GatewayError =>
  fault('stream-broken', `Provider ${provider} ended the stream before the answer was complete. Only what was delivered is charged; try again.`)

const failureDuring = (failed: UpstreamFault, { candidate }: Begun): GatewayError => {
  const { id } = candidate.channel.provider
  if (failed.kind === 'aborted') return failureOf(failed, candidate)
  if (failed.kind !== 'timeout') return cutShort(id)
  const message = `Provider ${id} fell silent in the middle of the answer. Only what was delivered is charged; try again.`
  return fault('upstream-timeout', message, { internal: failed.detail })
}

/** Reads on to the end for a client that has left, so that the bill is the upstream's own; within a time limit. */
const drain = async (deps: StreamDeps, { answer }: Begun, tap: StreamTap): Promise<void> => {
  const watch = deps.watchdog.watch(deps.drainTimeoutMs, deps.drainTimeoutMs, () => answer.cancel())
  for (;;) {
    const chunk = await answer.read()
    if (!chunk.ok || chunk.value === undefined) break
    tap.push(chunk.value)
  }
  tap.rest()
  watch.end()
}

/** Sends the format's sign of life while the upstream is silent and the client is waiting. */
const createHeartbeat = (deps: StreamDeps, call: Call) => {
  const { keepAlive } = call.protocol
  let listener: ReadableStreamDefaultController<Uint8Array> | undefined
  const beat = () => {
    listener?.enqueue(TEXT.encode(keepAlive))
    if (listener) watch = arm()
  }
  const arm = () => deps.watchdog.watch(deps.keepAliveMs, Number.MAX_SAFE_INTEGER, beat)
  let watch = keepAlive === '' ? undefined : arm()
  return {
    waiting: (controller: ReadableStreamDefaultController<Uint8Array>) => {
      listener = controller
      watch?.extend(deps.keepAliveMs)
    },
    done: () => {
      listener = undefined
    },
    end: () => {
      listener = undefined
      watch?.end()
    },
  }
}
