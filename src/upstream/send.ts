import { err, ok, type Result } from '../result.ts'
import type { Send, UpstreamAnswer, UpstreamFault, UpstreamRequest } from './types.ts'
import type { Watch, Watchdog } from './watchdog.ts'

/** What carries a request: the runtime's `fetch`, or a provider that lives in this process. */
export type Transport = (url: string, init: TransportInit) => Promise<Response>

/** `timeout: false`: without it the runtime cuts every request at five minutes. */
export type TransportInit = RequestInit & { readonly timeout: false }

export interface SendOptions {
  readonly transport: Transport
  readonly watchdog: Watchdog
  /** How often a request is sent again whose connection broke before any byte of an answer. */
  readonly retriesUntouched: number
}

/**
 * Makes a `Send` over a web-standard transport. Time-outs: `firstByteMs` until the headers, `idleMs` between chunks,
 * `totalMs` for everything. A request that failed before any byte of its answer is sent again, on a new connection:
 * servers close kept-alive connections at the wrong moment on 1-2 % of sends.
 */
export const createSend = ({ transport, watchdog, retriesUntouched }: SendOptions): Send => {
  const once = async (
    request: UpstreamRequest,
    hangUp: AbortSignal,
  ): Promise<Result<UpstreamAnswer, UpstreamFault>> => {
    if (hangUp.aborted) return err(ABORTED)
    const line = createLine(request, hangUp, watchdog)
    try {
      const response = await transport(request.url, toInit(request, line.signal))
      line.watch.extend(request.timeouts.idleMs)
      return ok(createAnswer(response, line, request.timeouts.idleMs))
    } catch (error) {
      line.close()
      return err(line.fault(error, true))
    }
  }
  return async (request, hangUp) => {
    let sent = await once(request, hangUp)
    for (let retry = 0; retry < retriesUntouched && isUntouchedReset(sent); retry += 1)
      sent = await once(request, hangUp)
    return sent
  }
}

const isUntouchedReset = (sent: Result<UpstreamAnswer, UpstreamFault>): boolean =>
  !sent.ok && sent.error.untouched && sent.error.kind === 'reset'

const ABORTED: UpstreamFault = { kind: 'aborted', untouched: true, detail: 'the client hung up' }

const toInit = (request: UpstreamRequest, signal: AbortSignal): TransportInit => ({
  method: request.method,
  headers: request.headers,
  body: request.body === undefined ? null : (request.body as Uint8Array<ArrayBuffer>),
  signal,
  // A vendor that redirects would be sent the key again at another address: refuse to follow.
  redirect: 'manual',
  timeout: false,
})

/** The line to an upstream: one abort for the client's hang-up, the watchdog and our own cancelling. */
interface Line {
  readonly signal: AbortSignal
  readonly watch: Watch
  close(): void
  cut(): void
  fault(error: unknown, untouched: boolean): UpstreamFault
}

const createLine = (request: UpstreamRequest, hangUp: AbortSignal, watchdog: Watchdog): Line => {
  const controller = new AbortController()
  let timedOut = false
  const onHangUp = () => {
    close()
    controller.abort()
  }
  const { firstByteMs, totalMs } = request.timeouts
  const watch = watchdog.watch(firstByteMs, totalMs, () => {
    timedOut = true
    onHangUp()
  })
  const close = () => {
    watch.end()
    hangUp.removeEventListener('abort', onHangUp)
  }
  hangUp.addEventListener('abort', onHangUp, { once: true })
  const fault = (error: unknown, untouched: boolean): UpstreamFault => {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    if (timedOut) return { kind: 'timeout', untouched, detail }
    if (hangUp.aborted || controller.signal.aborted) return { kind: 'aborted', untouched, detail }
    return { kind: isConnectFailure(error) ? 'connect' : 'reset', untouched, detail }
  }
  return { signal: controller.signal, watch, close, cut: onHangUp, fault }
}

const CONNECT_CODES = new Set([
  'ConnectionRefused',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'DNSException',
])
const isConnectFailure = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && CONNECT_CODES.has(String(error.code))

const createAnswer = (response: Response, line: Line, idleMs: number): UpstreamAnswer => {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  const read = async (): Promise<Result<Uint8Array | undefined, UpstreamFault>> => {
    reader ??= response.body?.getReader()
    try {
      const { done, value } = reader ? await reader.read() : { done: true, value: undefined }
      if (done) line.close()
      else line.watch.extend(idleMs)
      return ok(done ? undefined : value)
    } catch (error) {
      line.close()
      return err(line.fault(error, false))
    }
  }
  const cancel = (): void => {
    line.cut()
    // The stream has been aborted already; what its reader says about that is of no interest to anyone.
    const cancelled = reader ? reader.cancel() : response.body?.cancel()
    cancelled?.catch(() => undefined)
  }
  const whole = async (bytesMax: number): Promise<Result<Uint8Array, UpstreamFault>> => {
    if (Number(response.headers.get('content-length') ?? Number.NaN) <= bytesMax) return readAtOnce(response, line)
    const chunks: Uint8Array[] = []
    let length = 0
    for (;;) {
      const chunk = await read()
      if (!chunk.ok) return chunk
      if (chunk.value === undefined) return ok(joined(chunks))
      length += chunk.value.length
      chunks.push(chunk.value)
      if (length <= bytesMax) continue
      cancel()
      return err({ kind: 'unreadable', untouched: false, detail: `an answer of more than ${bytesMax} bytes` })
    }
  }
  return { status: response.status, headers: response.headers, read, whole, cancel }
}

/** The short way for an answer whose length is known and allowed: no stream is set up for it. */
const readAtOnce = async (response: Response, line: Line): Promise<Result<Uint8Array, UpstreamFault>> => {
  try {
    return ok(new Uint8Array(await response.arrayBuffer()))
  } catch (error) {
    return err(line.fault(error, false))
  } finally {
    line.close()
  }
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array => {
  const [only] = chunks
  return chunks.length === 1 && only ? only : new Uint8Array(Buffer.concat(chunks))
}
