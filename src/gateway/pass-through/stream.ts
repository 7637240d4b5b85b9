import type { Ended } from '../../canon/receipt.ts'
import type { Settlement } from '../../ledger/types.ts'
import type { Result } from '../../result.ts'
import type { UpstreamFault } from '../../upstream/types.ts'
import type { Watch, Watchdog } from '../../upstream/watchdog.ts'
import type { AnswerHeaders } from '../answer.ts'
import { isEvents } from '../answer.ts'
import type { Admitted, Begun, Call } from '../call.ts'
import type { OnDisconnectOf } from '../disconnect.ts'
import { type HideInPieces, keyHiderInPieces } from '../provider-secrets.ts'
import { failureDuring } from '../upstream-failures.ts'
import type { Meter } from './meter.ts'

export interface PassStreamDeps {
  readonly clientIdleMs: number
  readonly drainTimeoutMs: number
  readonly onDisconnectOf: OnDisconnectOf
  readonly watchdog: Watchdog
  readonly onDefect: (call: Call, error: unknown) => void
  readonly nowMs: () => number
}

type Controller = ReadableStreamDefaultController<Uint8Array>
type Read = Result<Uint8Array | undefined, UpstreamFault>

/**
 * Passes an answer on byte by byte: one read, one write, nothing read ahead of the client. Settled before the client can
 * see the end. An answer that breaks off ends the client's connection too, for nobody knows how to say it in its own
 * words; between two server-sent events it is said as an event.
 */
export const passStream = (
  deps: PassStreamDeps,
  call: Call,
  admitted: Admitted,
  begun: Begun,
  meter: Meter,
  headers: AnswerHeaders,
): Response => {
  const stream = new PassStream(deps, call, admitted, begun, meter)
  const source = {
    start: (controller: Controller) => stream.start(controller),
    pull: () => stream.pull(),
    cancel: () => stream.leave(),
  }
  const body = new ReadableStream<Uint8Array>(source, { highWaterMark: 0 })
  begun.answer.outlive?.()
  const { signal } = call.request
  if (signal.aborted) void stream.leave()
  else signal.addEventListener('abort', () => void stream.leave(), { once: true })
  const unbuffered = isEvents(begun.answer.headers) ? { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' } : {}
  return new Response(body, { status: begun.answer.status, headers: { ...unbuffered, ...headers } })
}

const TEXT = new TextEncoder()
const LF = 0x0a

class PassStream {
  readonly #deps: PassStreamDeps
  readonly #call: Call
  readonly #admitted: Admitted
  readonly #begun: Begun
  readonly #meter: Meter
  /** What stands before the provider may repeat the headers it was sent. */
  readonly #hide: HideInPieces
  #client: Controller | undefined
  #stalled: Watch | undefined
  #reading: Promise<Read> | undefined
  #gone = false
  #ended = false
  #ttftMs: number | null = null
  /** The last two bytes passed on: whether an event has just ended. */
  #tail: readonly [number, number] = [LF, LF]
  #settled: Promise<Settlement> | undefined

  constructor(deps: PassStreamDeps, call: Call, admitted: Admitted, begun: Begun, meter: Meter) {
    this.#deps = deps
    this.#call = call
    this.#admitted = admitted
    this.#begun = begun
    this.#meter = meter
    this.#hide = keyHiderInPieces(begun.candidate.channel.provider)
  }

  start(controller: Controller): void {
    this.#client = controller
    this.#watchClient()
  }

  /** The client wants more. */
  async pull(): Promise<void> {
    this.#stalled?.end()
    try {
      const chunk = await this.#read()
      if (this.#gone) return
      if (!chunk.ok || chunk.value === undefined) return await this.#end(chunk.ok ? undefined : chunk.error)
      this.#meter.push(chunk.value)
      this.#ttftMs ??= Math.round(this.#deps.nowMs() - this.#call.startedAtMs)
      this.#tail = [chunk.value.at(-2) ?? this.#tail[1], chunk.value.at(-1) ?? this.#tail[1]]
      const shown = this.#hide.push(chunk.value)
      if (shown.length === 0) return await this.pull()
      this.#client?.enqueue(shown)
      this.#watchClient()
    } catch (error) {
      this.#deps.onDefect(this.#call, error)
      this.#begun.answer.cancel()
      await this.#close('upstream_cut', false)
      throw error
    }
  }

  /** The client has gone. What was generated for it is billed as its plan says. Never fails: nobody is left to be told. */
  async leave(): Promise<void> {
    this.#stalled?.end()
    if (this.#gone || this.#ended) return
    this.#gone = true
    let isWhole = false
    try {
      if (this.#deps.onDisconnectOf(this.#admitted.principal) === 'drain') isWhole = await this.#drain()
    } catch (error) {
      this.#deps.onDefect(this.#call, error)
    }
    this.#begun.answer.cancel()
    // A tab that cannot be closed gives its hold back, and has told of it.
    await this.#close('client_cut', isWhole).catch(() => undefined)
  }

  #read(): Promise<Read> {
    const reading = this.#begun.answer.read().finally(() => {
      if (this.#reading === reading) this.#reading = undefined
    })
    this.#reading = reading
    return reading
  }

  async #end(failed: UpstreamFault | undefined): Promise<void> {
    this.#ended = true
    if (!failed) {
      await this.#close('whole', true)
      const rest = this.#hide.rest()
      if (rest.length > 0) this.#client?.enqueue(rest)
      return this.#client?.close()
    }
    await this.#close(failed.kind === 'aborted' ? 'client_cut' : 'upstream_cut', false)
    if (isEvents(this.#begun.answer.headers) && this.#tail[0] === LF && this.#tail[1] === LF) {
      const error = failureDuring(failed, this.#begun.candidate)
      this.#client?.enqueue(TEXT.encode(this.#call.protocol.renderStreamError(error, this.#call.id, 'sse')))
      return this.#client?.close()
    }
    this.#client?.error(new Error('the upstream broke off'))
  }

  async #drain(): Promise<boolean> {
    const { watchdog, drainTimeoutMs } = this.#deps
    const watch = watchdog.watch(drainTimeoutMs, drainTimeoutMs, () => this.#begun.answer.cancel())
    try {
      for (;;) {
        const chunk = await (this.#reading ?? this.#read())
        if (!chunk.ok) return false
        if (chunk.value === undefined) return true
        this.#meter.push(chunk.value)
      }
    } finally {
      watch.end()
    }
  }

  /** A client that takes nothing for too long is given up. */
  #watchClient(): void {
    const { watchdog, clientIdleMs } = this.#deps
    this.#stalled?.end()
    this.#stalled = watchdog.watch(clientIdleMs, Number.POSITIVE_INFINITY, () => {
      this.#client?.error(new Error('the client took nothing for too long'))
      void this.leave()
    })
  }

  /** Only what is said first counts. */
  #close(ended: Ended, isWhole: boolean): Promise<Settlement> {
    const observation = this.#meter.observe(isWhole)
    // Cut before anything came by, there is nothing to charge for.
    const said: Ended = ended === 'upstream_cut' && !observation.contentSeen ? 'failed' : ended
    this.#settled ??= this.#admitted.tab.close({
      candidate: this.#begun.candidate,
      ended: said,
      status: this.#begun.answer.status,
      observation,
      delivered: () => this.#meter.delivered(),
      ttftMs: this.#ttftMs,
    })
    return this.#settled
  }
}
