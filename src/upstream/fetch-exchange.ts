import { err, ok, type Result } from '../result.ts'
import type { Exchange, ExchangeFault, OpenExchange } from './exchange.ts'

/** A web-standard transport, of the shape of `fetch`. */
export type Transport = (url: string, init: RequestInit) => Promise<Response>

/** Exchanges with a provider that lives in this process: no network, and nothing of its faults. */
export const fetchExchange =
  (transport: Transport): OpenExchange =>
  ({ method, url, headers, body: sent }) => {
    const controller = new AbortController()
    const faultOf = (error: unknown, untouched: boolean): ExchangeFault => {
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      return { kind: controller.signal.aborted ? 'aborted' : 'reset', untouched, detail }
    }
    let body: ReadableStreamDefaultReader<Uint8Array> | undefined
    const begun = transport(url, {
      method,
      headers,
      body: (sent ?? null) as BodyInit | null,
      signal: controller.signal,
    }).then(
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
