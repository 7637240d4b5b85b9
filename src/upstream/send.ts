import { err, ok, type Result } from '../result.ts'
import type { Exchange, ExchangeFault, ExchangeHead, OpenExchange } from './exchange.ts'
import type { HttpProxy } from './http1/proxy.ts'
import type { Send, TimeoutKind, Timeouts, UpstreamAnswer, UpstreamFault } from './types.ts'
import type { Watch, Watchdog } from './watchdog.ts'

export interface SendOptions {
  readonly open: OpenExchange
  readonly watchdog: Watchdog
  /** How often a request is sent again whose connection broke before any byte of an answer. */
  readonly retriesUntouched: number
  /** What stands between, if anything does. */
  readonly proxy?: HttpProxy | undefined
}

/**
 * Makes a `Send`. Time-outs: `connectMs` for a new connection, which the exchange sees to, `firstByteMs` until the
 * headers, `idleMs` for each read, `totalMs` for everything; each is a fault of its own. A request that failed before any byte of its answer is sent again, on a new connection: servers close kept-alive
 * connections at the wrong moment on 1-2 % of sends.
 */
export const createSend =
  ({ open, watchdog, retriesUntouched, proxy }: SendOptions): Send =>
  async ({ method, url, headers, body, timeouts }, hangUp) => {
    for (let retry = 0; ; retry += 1) {
      if (hangUp.aborted) return err(ABORTED)
      const exchange = open({ method, url, headers, body, fresh: retry > 0, connectMs: timeouts.connectMs, proxy })
      const line = new Line(exchange, timeouts, hangUp, watchdog)
      const begun = await exchange.begun
      if (begun.ok) return ok(createAnswer(begun.value, exchange, line, timeouts.idleMs))
      line.close()
      const failed = line.fault(begun.error)
      if (retry >= retriesUntouched || !failed.untouched || failed.kind !== 'reset') return err(failed)
    }
  }

const ABORTED: UpstreamFault = { kind: 'aborted', untouched: true, detail: 'the client hung up' }

/** What can end an exchange from our side: the client's hang-up, and the watchdog. */
class Line {
  readonly watch: Watch
  readonly #exchange: Exchange
  readonly #hangUp: AbortSignal
  readonly #onHangUp = (): void => this.cancel()
  #waitsFor: TimeoutKind = 'timeout-first-byte'
  #timedOut: TimeoutKind | undefined

  constructor(exchange: Exchange, timeouts: Timeouts, hangUp: AbortSignal, watchdog: Watchdog) {
    this.#exchange = exchange
    this.#hangUp = hangUp
    this.watch = watchdog.watch(timeouts.firstByteMs, timeouts.totalMs, (isTotal) => {
      this.#timedOut = isTotal ? 'timeout-total' : this.#waitsFor
      this.cancel()
    })
    // Without options, which cost as much again: whatever is heard takes the listener off.
    hangUp.addEventListener('abort', this.#onHangUp)
  }

  /** The answer has begun. Only a pending read waits for the upstream: between reads the client takes its time. */
  begun(): void {
    this.#waitsFor = 'timeout-idle'
    this.watch.extend(Number.POSITIVE_INFINITY)
  }

  /** Nothing is waited for any more. */
  close(): void {
    this.watch.end()
    this.outlive()
  }

  /** The client's hang-up is somebody else's to hear. */
  outlive(): void {
    this.#hangUp.removeEventListener('abort', this.#onHangUp)
  }

  cancel(): void {
    this.close()
    this.#exchange.cancel()
  }

  fault(failed: ExchangeFault): UpstreamFault {
    const kind = failed.kind === 'aborted' ? this.#timedOut : undefined
    return kind ? { ...failed, kind, detail: `given up: ${kind}` } : failed
  }
}

const createAnswer = (head: ExchangeHead, exchange: Exchange, line: Line, idleMs: number): UpstreamAnswer => {
  line.begun()
  const read = async (): Promise<Result<Uint8Array | undefined, UpstreamFault>> => {
    line.watch.extend(idleMs)
    const next = await exchange.read()
    if (next.ok && next.value !== undefined) {
      line.watch.extend(Number.POSITIVE_INFINITY)
      return next
    }
    line.close()
    return next.ok ? next : err(line.fault(next.error))
  }
  const whole = async (bytesMax: number): Promise<Result<Uint8Array, UpstreamFault>> => {
    const chunks: Uint8Array[] = []
    let length = 0
    for (;;) {
      line.watch.extend(idleMs)
      const next = await exchange.read()
      if (next.ok && next.value !== undefined) {
        length += next.value.length
        chunks.push(next.value)
        if (length <= bytesMax) continue
        line.cancel()
        return err({ kind: 'too-large', untouched: false, detail: `an answer of more than ${bytesMax} bytes` })
      }
      line.close()
      return next.ok ? ok(joined(chunks)) : err(line.fault(next.error))
    }
  }
  const { status, headers } = head
  return { status, headers, read, whole, cancel: () => line.cancel(), outlive: () => line.outlive() }
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array => {
  const [only] = chunks
  return chunks.length === 1 && only ? only : new Uint8Array(Buffer.concat(chunks))
}
