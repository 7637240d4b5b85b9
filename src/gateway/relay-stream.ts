import type { Observation, StreamTap, TapOptions } from '../canon/protocol.ts'
import type { Ended } from '../canon/receipt.ts'
import type { Settlement } from '../ledger/types.ts'
import type { Result } from '../result.ts'
import type { StreamTranslation } from '../translation/answer.ts'
import { warningsOf } from '../translation/request.ts'
import type { UpstreamFault } from '../upstream/types.ts'
import type { Watchdog } from '../upstream/watchdog.ts'
import type { AnswerHeaders } from './answer.ts'
import type { Admitted, Begun, Call } from './call.ts'
import type { OnDisconnectOf } from './disconnect.ts'
import type { Keep, Keeping } from './keep.ts'
import { failureOfFault } from './failure-class.ts'
import { keyHiderOf, secretsHiderOf } from './provider-secrets.ts'
import { createPulse, type Pulse } from './pulse.ts'
import { failureDuring } from './upstream-failures.ts'

export interface StreamDeps {
  readonly eventBytesMax: number
  readonly deliveredBytesMax: number
  /** Silence after which a sign of life is sent, where the client's format has one. */
  readonly keepAliveMs: number
  readonly clientIdleMs: number
  readonly onDefect: (call: Call, error: unknown) => void
  readonly onDisconnectOf: OnDisconnectOf
  readonly drainTimeoutMs: number
  readonly watchdog: Watchdog
  readonly keep: Keep
  readonly nowMs: () => number
}

const TEXT = new TextEncoder()

/**
 * Relays a stream as it comes: one read, one write, nothing read ahead of the client (`highWaterMark: 0`), so that a
 * client that stops reading stops the upstream too. Settled before the client can see the end, so that a receipt asked
 * for at once is there: before the mark that ends its format is passed on, however long the upstream keeps the connection
 * open behind it, and before the stream is closed where a format has no such mark.
 */
export const relayStream = (
  deps: StreamDeps,
  call: Call,
  admitted: Admitted,
  begun: Begun,
  headers: AnswerHeaders,
): Response => streamedAnswer(openStream(deps, call, admitted, begun), begun.answer.status, headers)

/** Where a streamed answer comes from: asked whenever the client wants more. */
export interface StreamSource {
  start(controller: StreamController): void
  pull(controller: StreamController): Promise<void>
  /** The client has gone. */
  cancel(): Promise<void>
}

/** The rest of an answer that has begun. From here on it is settled, however it ends. */
export const openStream = (deps: StreamDeps, call: Call, admitted: Admitted, begun: Begun): StreamSource => {
  const relay = new StreamRelay(deps, call, admitted, begun)
  // What is done with the answer of a client that has left depends on how far it has come.
  begun.answer.outlive?.()
  const { signal } = call.request
  // It left before the answer began, and the answer was read on all the same: nobody will ask for it, or cancel it.
  if (signal.aborted) void relay.leave()
  else signal.addEventListener('abort', () => void relay.leave())
  return {
    start: (controller) => relay.start(controller),
    pull: (controller) => relay.pull(controller),
    cancel: () => relay.leave(),
  }
}

export const streamedAnswer = (source: StreamSource, status: number, headers: AnswerHeaders): Response => {
  const stream = new ReadableStream<Uint8Array>(source, { highWaterMark: 0 })
  return new Response(stream, { status, headers: { ...UNBUFFERED, ...headers } })
}

/** Keeps proxies in between (nginx by the second) from gathering or storing a stream. The upstream's own words win. */
const UNBUFFERED: AnswerHeaders = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' }

/** One stream on its way, from its first read to its settlement. */
class StreamRelay {
  readonly #deps: StreamDeps
  readonly #call: Call
  readonly #admitted: Admitted
  readonly #begun: Begun
  /** Watches what the upstream says: its usage, its end. */
  readonly #tap: StreamTap
  /** Says it in the client's format; `undefined` where that is the upstream's own. */
  readonly #translation: StreamTranslation | undefined
  /** Keeps a copy of what the client is given, where its format asks for that. */
  readonly #keeping: Keeping | undefined
  readonly #pulse: Pulse
  #client: Controller | undefined
  #clientGone = false
  #ended = false
  #ttftMs: number | null = null
  #settled: Promise<Settlement> | undefined
  /** The read that is waiting for the upstream: there is never more than one. */
  #reading: Promise<Result<Uint8Array | undefined, UpstreamFault>> | undefined

  constructor(deps: StreamDeps, call: Call, admitted: Admitted, begun: Begun) {
    this.#deps = deps
    this.#call = call
    this.#admitted = admitted
    this.#begun = begun
    this.#tap = begun.prepared.protocol.tap(tapOptions(deps, admitted, begun))
    this.#translation = begun.prepared.translation?.stream()
    this.#keeping = deps.keep(call, admitted, begun)
    this.#pulse = createPulse({
      ...deps,
      keepAlive: call.protocol.keepAlive,
      send: (bytes) => this.#client?.enqueue(bytes),
      onStalled: () => {
        this.#client?.error(new Error('the client took nothing for too long'))
        void this.leave()
      },
    })
  }

  start(controller: Controller): void {
    this.#client = controller
  }

  /** The client wants more. A defect of ours in here still ends the stream, and settles what was delivered. */
  async pull(controller: Controller): Promise<void> {
    try {
      await this.#pass(controller)
    } catch (error) {
      this.#deps.onDefect(this.#call, error)
      this.#pulse.end()
      this.#begun.answer.cancel()
      await this.#close(endingOf(this.#tap))
      throw error
    }
  }

  /** The client has gone, or is given up. Never fails: nobody is left to be told. */
  async leave(): Promise<void> {
    if (this.#clientGone) return
    this.#pulse.end()
    this.#clientGone = true
    if (this.#ended) return
    let ended: Ended = this.#tap.observe().terminal ? endingOf(this.#tap) : 'client_cut'
    try {
      if (!this.#settled && mayHaveAllContent(this.#tap.observe())) ended = await this.#readUsage()
      else if (!this.#settled && this.#drains()) await this.#drain()
    } catch (error) {
      this.#deps.onDefect(this.#call, error)
    }
    this.#begun.answer.cancel()
    // A tab that cannot be closed gives its hold back, and has told of it.
    await this.#close(ended).catch(() => undefined)
  }

  #read(): Promise<Result<Uint8Array | undefined, UpstreamFault>> {
    const reading = this.#begun.answer.read().finally(() => {
      if (this.#reading === reading) this.#reading = undefined
    })
    this.#reading = reading
    return reading
  }

  /** Passes on what comes next, which may take several reads: half an event waits for its other half. */
  async #pass(controller: Controller): Promise<void> {
    this.#pulse.waiting()
    for (;;) {
      const chunk = await this.#read()
      // The client left while this read was waiting; whoever drains takes what it brought.
      if (this.#clientGone) return
      if (!chunk.ok || chunk.value === undefined) return this.#end(controller, chunk.ok ? undefined : chunk.error)
      const passed = this.#push(chunk.value)
      if (this.#translation?.failure) return this.#fail(controller, passed)
      if (passed.length > 0) this.#ttftMs ??= Math.round(this.#deps.nowMs() - this.#call.startedAtMs)
      if (this.#tap.observe().over && this.#ending() === 'whole') await this.#close('whole')
      if (this.#clientGone) return
      if (passed.length === 0) continue
      controller.enqueue(passed)
      return this.#pulse.wrote(passed)
    }
  }

  /** The upstream has ended, well or not. An answer that was already whole stays so, however its connection ended. */
  async #end(controller: Controller, failed: UpstreamFault | undefined): Promise<void> {
    this.#ended = true
    this.#pulse.end()
    const rest = this.#tap.rest()
    const { terminal, error } = this.#tap.observe()
    const left = failed?.kind === 'aborted' && !terminal
    if (endingOf(this.#tap) !== 'whole') tellBroken(this.#admitted, failed)
    const translated = left ? undefined : this.#endTranslation(failed, terminal)
    await this.#close(left ? 'client_cut' : this.#ending())
    if (left || this.#clientGone) return
    if (translated) {
      if (translated.length > 0) controller.enqueue(translated)
      return controller.close()
    }
    // An event cut in two is never passed on: its half would be read as a whole one.
    if ((terminal || (error !== undefined && !failed)) && rest.length > 0)
      controller.enqueue(this.#kept(this.#shown(rest)))
    // Where the upstream told its failure itself, its words are enough.
    if (!terminal && error === undefined) controller.enqueue(this.#failure(failed))
    controller.close()
  }

  /** What the client may have of a chunk now. */
  #push(chunk: Uint8Array): Uint8Array {
    const passed = this.#tap.push(chunk)
    return this.#kept(this.#shown(this.#translation ? this.#translation.push(chunk) : passed))
  }

  /** Without the key, which an error's words may repeat in whichever spelling. */
  #shown(events: Uint8Array): Uint8Array {
    if (events.length === 0) return events
    const hiderOf = this.#tap.observe().error === undefined ? keyHiderOf : secretsHiderOf
    return hiderOf(this.#begun.candidate.channel.provider)(events)
  }

  /** What the client is given of whole events, after a copy has been kept. */
  #kept(events: Uint8Array): Uint8Array {
    return this.#keeping ? this.#keeping.events(events) : events
  }

  /** The translation has told the client of a failure, and nothing may follow that. */
  async #fail(controller: Controller, last: Uint8Array): Promise<void> {
    this.#pulse.end()
    this.#begun.answer.cancel()
    // What could not be told in the client's format may be whole upstream.
    if (this.#tap.observe().error !== undefined) tellBroken(this.#admitted, undefined)
    await this.#close(this.#ending())
    if (this.#clientGone) return
    controller.enqueue(last)
    controller.close()
  }

  #endTranslation(failed: UpstreamFault | undefined, terminal: boolean): Uint8Array | undefined {
    if (!this.#translation) return undefined
    if (failed && !terminal) return this.#translation.fail(failureDuring(failed, this.#begun.candidate))
    // Of several answers it knows only those that have begun.
    if (answersIn(this.#admitted) > 1 && !terminal && this.#tap.observe().error === undefined)
      return this.#translation.fail(failureDuring(undefined, this.#begun.candidate))
    return this.#kept(this.#shown(this.#translation.end()))
  }

  /** An answer that was whole upstream but could not be told to its end is cut for the client. */
  #ending(): Ended {
    const ended = endingOf(this.#tap)
    return ended === 'whole' && this.#translation?.failure ? 'upstream_cut' : ended
  }

  #failure(failed: UpstreamFault | undefined): Uint8Array {
    const cause = failureDuring(failed, this.#begun.candidate)
    const inJson = this.#ttftMs === null ? 'json-first' : 'json-next'
    const place = framingOf(this.#begun.answer.headers.get('content-type')) === 'sse' ? 'sse' : inJson
    return TEXT.encode(this.#call.protocol.renderStreamError(cause, this.#call.id, place))
  }

  #drains(): boolean {
    return this.#deps.onDisconnectOf(this.#admitted.principal) === 'drain'
  }

  /**
   * Several SDKs hang up at the finish reason, at the end of the last part, or at the format's own end without waiting for
   * the connection's: they have all of it. Its usage may be still to come, and costs nobody anything: nothing more is
   * generated. Whether a part was the last shows soon.
   */
  async #readUsage(): Promise<Ended> {
    const drains = this.#drains()
    const before = this.#tap.observe()
    const { drainTimeoutMs } = this.#deps
    const isSure = drains || hasAllContent(before)
    let goesOn = false
    const cameToItsEnd = await this.#drain(
      () => {
        const now = this.#tap.observe()
        goesOn ||= !mayHaveAllContent(now) || now.parts?.begun !== before.parts?.begun
        return goesOn && !drains
      },
      isSure ? drainTimeoutMs : Math.min(drainTimeoutMs, PAUSE_MS),
    )
    const { terminal, usage } = this.#tap.observe()
    return !goesOn && (cameToItsEnd || (terminal && usage)) ? 'whole' : 'client_cut'
  }

  /**
   * Reads on to the end for a client that has left, so that the bill is the upstream's own; within a time limit, and until
   * `isEnough`. True if it came to its end.
   */
  async #drain(isEnough = (): boolean => false, timeoutMs = this.#deps.drainTimeoutMs): Promise<boolean> {
    const watch = this.#deps.watchdog.watch(timeoutMs, timeoutMs, () => this.#begun.answer.cancel())
    try {
      while (!this.#tap.observe().over && !isEnough()) {
        const chunk = await (this.#reading ?? this.#read())
        if (chunk.ok && chunk.value !== undefined) this.#tap.push(chunk.value)
        else {
          this.#tap.rest()
          if (endingOf(this.#tap) !== 'whole') tellBroken(this.#admitted, chunk.ok ? undefined : chunk.error)
          return chunk.ok && this.#tap.observe().terminal
        }
      }
      return this.#tap.observe().terminal
    } finally {
      watch.end()
    }
  }

  /** Only what is said first counts. */
  #close(ended: Ended): Promise<Settlement> {
    this.#settled ??= this.#settle(ended)
    return this.#settled
  }

  #settle(ended: Ended): Promise<Settlement> {
    const { candidate, answer } = this.#begun
    const tap = this.#tap
    if (this.#translation) this.#admitted.tab.warnings.push(...warningsOf(this.#translation.losses))
    return this.#admitted.tab.close({
      candidate,
      ended,
      status: answer.status,
      observation: tap.observe(),
      delivered: () => tap.delivered(),
      ttftMs: this.#ttftMs,
    })
  }
}

export type StreamController = ReadableStreamDefaultController<Uint8Array>
type Controller = StreamController

/** Nothing more is generated, and nothing went wrong. */
const hasAllContent = ({ terminal, finished, error }: Observation): boolean =>
  error === undefined && (terminal || finished === true)

/** The same, or every part that has begun has ended: in formats whose parts have ends, another may still come. */
const mayHaveAllContent = (observation: Observation): boolean => {
  const { parts, contentSeen, error } = observation
  const isPaused = contentSeen && error === undefined && parts !== undefined && parts.begun > 0 && parts.open === 0
  return hasAllContent(observation) || isPaused
}

/** How long an answer is waited for whose parts have all ended: its end follows at once, or another part does. */
const PAUSE_MS = 2_000

/** How many answers a stream holds side by side. */
export const answersIn = ({ envelope }: Admitted): number => envelope.answers ?? envelope.choices

const tapOptions = (deps: StreamDeps, admitted: Admitted, { candidate, prepared }: Begun): TapOptions => ({
  answers: answersIn(admitted),
  // Where we asked for the usage chunk and the client did not, it is ours alone.
  withholdUsage:
    !prepared.translation &&
    admitted.envelope.stream &&
    !admitted.envelope.includesUsage &&
    candidate.channel.provider.kind.dialect.acceptsStreamOptions,
  wholeEvents: !prepared.translation,
  eventBytesMax: deps.eventBytesMax,
  deliveredBytesMax: deps.deliveredBytesMax,
})

/** How a stream of this media type is told. */
export const framingOf = (contentType: string | null | undefined): 'sse' | 'json' =>
  contentType?.toLowerCase().startsWith('application/json') ? 'json' : 'sse'

/**
 * Tells whoever keeps routes' health that what counted as an answer has broken off. `failed`: how; `undefined`: it lacks
 * its end, or its end is an error.
 */
export const tellBroken = ({ tab }: Admitted, failed: UpstreamFault | undefined): void => {
  // Limits of ours and hang-ups say nothing of the provider.
  if (failed?.kind === 'too-large' || failed?.kind === 'aborted') return
  const isTimeout = failed !== undefined && failureOfFault(failed) === 'timeout'
  tab.occupied?.broke?.(isTimeout ? 'timeout' : 'unreadable')
}

/** How an answer ended that was read to the upstream's end. */
const endingOf = (tap: StreamTap): Ended => {
  const { error, contentSeen, terminal } = tap.observe()
  if (error === undefined && terminal) return 'whole'
  return contentSeen ? 'upstream_cut' : 'failed'
}
