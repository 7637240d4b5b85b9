import { err, ok, type Result } from '../result.ts'
import type { Exchange, ExchangeFault, ExchangeRequest, OpenExchange } from './exchange.ts'

/** A web-standard transport: the runtime's `fetch`, or a provider that lives in this process. */
export type Transport = (url: string, init: TransportInit) => Promise<Response>

/** `timeout: false`: without it the runtime cuts every request at five minutes. */
export type TransportInit = RequestInit & { readonly timeout: false }

/** Exchanges over a web-standard transport. It costs more than a client of our own, and knows proxies. */
export const fetchExchange =
  (transport: Transport): OpenExchange =>
  (request) => {
    const controller = new AbortController()
    const faultOf = (error: unknown, untouched: boolean): ExchangeFault => {
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      if (controller.signal.aborted) return { kind: 'aborted', untouched, detail }
      return { kind: kindOf(error), untouched, detail }
    }
    let body: ReadableStreamDefaultReader<Uint8Array> | undefined
    const begun = transport(request.url, initOf(request, controller.signal)).then(
      (response) => {
        body = response.body?.getReader()
        return ok({ status: response.status, headers: response.headers })
      },
      (error: unknown) => err(faultOf(error, true)),
    )
    const read = async (): Promise<Result<Uint8Array | undefined, ExchangeFault>> => {
      try {
        const next = body ? await body.read() : { done: true, value: undefined }
        return ok(next.done ? undefined : next.value)
      } catch (error) {
        return err(faultOf(error, false))
      }
    }
    const cancel: Exchange['cancel'] = () => {
      controller.abort()
      // The stream has been aborted already; what its reader says about that is of no interest to anyone.
      body?.cancel().catch(() => undefined)
    }
    return { begun, read, cancel }
  }

const initOf = (request: ExchangeRequest, signal: AbortSignal): TransportInit => ({
  method: request.method,
  headers: request.headers,
  body: request.body === undefined ? null : (request.body as Uint8Array<ArrayBuffer>),
  signal,
  // A vendor that redirects would be sent the key again at another address: refuse to follow.
  redirect: 'manual',
  timeout: false,
})

const CONNECT_CODES = new Set(['ConnectionRefused', 'ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'DNSException'])

const kindOf = (error: unknown): ExchangeFault['kind'] => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.includes('Zlib') || code.includes('Decompression')) return 'unreadable'
  return CONNECT_CODES.has(code) ? 'connect' : 'reset'
}
