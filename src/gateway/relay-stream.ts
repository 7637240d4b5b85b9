import type { StreamTap, TapOptions } from '../canon/protocol.ts'
import type { Ended } from '../canon/receipt.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { UpstreamFault } from '../upstream/types.ts'
import type { Watchdog } from '../upstream/watchdog.ts'
import type { AnswerHeaders } from './answer.ts'
import type { Admitted, Begun, Call } from './call.ts'
import { createPulse } from './pulse.ts'
import type { Closing } from './tab.ts'

export interface StreamDeps {
  readonly eventBytesMax: number
  readonly deliveredBytesMax: number
  /** Silence after which a sign of life is sent, where the client's format has one. */
  readonly keepAliveMs: number
  readonly clientIdleMs: number
  readonly onDefect: (call: Call, error: unknown) => void
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
export const relayStream = (
  deps: StreamDeps,
  call: Call,
  admitted: Admitted,
  begun: Begun,
  headers: AnswerHeaders,
): Response => {
  const { answer } = begun
  const tap = call.protocol.tap(tapOptions(deps, admitted, begun))
  let ttftMs: number | null = null
  let clientGone = false
  const close = (ended: Ended) => admitted.tab.close(closingOf(begun, tap, ended, ttftMs))

  let client: Controller | undefined
  const pulse = createPulse({
    ...deps,
    keepAlive: call.protocol.keepAlive,
    send: (bytes) => client?.enqueue(bytes),
    onStalled: () => {
      client?.error(new Error('the client took nothing for too long'))
      void leave()
    },
  })

  const pull = async (controller: Controller): Promise<void> => {
    pulse.waiting()
    for (;;) {
      const chunk = await answer.read()
      // The client left while this read was waiting: what it brought still counts, for a bill by draining.
      if (clientGone) return void (chunk.ok && chunk.value && tap.push(chunk.value))
      if (!chunk.ok || chunk.value === undefined) return end(controller, chunk.ok ? undefined : chunk.error)
      const passed = tap.push(chunk.value)
      if (passed.length === 0) continue
      ttftMs ??= Math.round(deps.nowMs() - call.startedAtMs)
      controller.enqueue(passed)
      return pulse.wrote(passed)
    }
  }

  /** The upstream has ended, well or not. An answer that was already whole stays so, however its connection ended. */
  const end = async (controller: Controller, failed: UpstreamFault | undefined): Promise<void> => {
    pulse.end()
    const rest = tap.rest()
    const { terminal, error } = tap.observe()
    const left = failed?.kind === 'aborted' && !terminal
    await close(left ? 'client_cut' : endingOf(tap))
    if (left) return
    // An event cut in two is never passed on: its half would be read as a whole one.
    if ((terminal || (error !== undefined && !failed)) && rest.length > 0) controller.enqueue(rest)
    // Where the upstream told its failure itself, its words are enough.
    if (!terminal && error === undefined) {
      const cause = failed ? failureDuring(failed, begun) : cutShort(begun)
      const place = framingOf(answer.headers) === 'sse' ? 'sse' : ttftMs === null ? 'json-first' : 'json-next'
      controller.enqueue(TEXT.encode(call.protocol.renderStreamError(cause, call.id, place)))
    }
    controller.close()
  }

  /** The client has gone, or is given up. */
  const leave = async (): Promise<void> => {
    pulse.end()
    clientGone = true
    // Several SDKs hang up at the format's own end without waiting for the connection's: they have it all.
    const ended = tap.observe().terminal ? endingOf(tap) : 'client_cut'
    if (deps.onDisconnect === 'drain') await drain(deps, begun, tap)
    answer.cancel()
    await close(ended)
  }

  /** A defect of ours in the middle of a stream still ends it, and settles what was delivered. */
  const guarded = async (controller: Controller): Promise<void> => {
    try {
      await pull(controller)
    } catch (error) {
      deps.onDefect(call, error)
      pulse.end()
      answer.cancel()
      await close(endingOf(tap))
      throw error
    }
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        client = controller
      },
      pull: guarded,
      cancel: leave,
    },
    { highWaterMark: 0 },
  )
  return new Response(stream, { status: answer.status, headers })
}

type Controller = ReadableStreamDefaultController<Uint8Array>

const tapOptions = (deps: StreamDeps, { envelope }: Admitted, { candidate }: Begun): TapOptions => ({
  // Where we asked for the usage chunk and the client did not, it is ours alone.
  withholdUsage:
    envelope.stream && !envelope.includesUsage && candidate.channel.provider.kind.dialect.acceptsStreamOptions,
  wholeEvents: true,
  eventBytesMax: deps.eventBytesMax,
  deliveredBytesMax: deps.deliveredBytesMax,
})

const framingOf = (upstream: Headers): 'sse' | 'json' =>
  upstream.get('content-type')?.toLowerCase().startsWith('application/json') ? 'json' : 'sse'

/** How an answer ended that was read to the upstream's end. */
const endingOf = (tap: StreamTap): Ended => {
  const { error, contentSeen, terminal } = tap.observe()
  if (error === undefined && terminal) return 'whole'
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

const cutShort = ({ candidate }: Begun): GatewayError => {
  const { id } = candidate.channel.provider
  const message = `Provider ${id} ended the stream before the answer was complete. Only what was delivered is charged; try again.`
  return fault('stream-broken', message)
}

const failureDuring = (failed: UpstreamFault, begun: Begun): GatewayError => {
  const { id } = begun.candidate.channel.provider
  if (failed.kind !== 'timeout') return { ...cutShort(begun), internal: failed.detail }
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
