import { err, ok, type Result } from '../result.ts'
import type { Exchange, ExchangeFault, ExchangeRequest, OpenExchange } from '../upstream/exchange.ts'
import { renderRequestHead } from '../upstream/http1/request-head.ts'
import { type Origin, parseTarget, type Target } from '../upstream/http1/target.ts'
import { OriginPool, type PoolShare } from './http-client/pool.ts'
import { DEFAULT_LIMITS, type HttpClientOptions } from './http-client/types.ts'
import { WireExchange } from './http-client/wire-exchange.ts'

export type { HttpClientOptions } from './http-client/types.ts'

export interface HttpClient {
  readonly open: OpenExchange
  /** Closes every connection; exchanges under way end as `aborted`, and so does whatever is opened later. */
  close(): void
}

/**
 * An HTTP/1.1 client on bare sockets, for upstream requests: keeps connections, holds back what is not read, and leaves
 * time-outs, retries and redirects to its caller. It knows no proxies.
 */
export const createHttpClient = (options: HttpClientOptions = {}): HttpClient => {
  const { tls, ...given } = options
  const limits = { ...DEFAULT_LIMITS, ...given }
  const nowMs = () => performance.now()
  const share: PoolShare = { limits, nowMs, idle: 0 }
  const pools = new Map<string, OriginPool>()
  const readTarget = createTargetReader()
  let closed = false

  const poolOf = (origin: Origin): OriginPool => {
    const known = pools.get(origin.key)
    if (known) return known
    const pool = new OriginPool(origin, tls?.ca, share)
    pools.set(origin.key, pool)
    return pool
  }
  const sweep = (): void => {
    for (const [key, pool] of pools) {
      pool.sweep(nowMs())
      if (pool.empty) pools.delete(key)
    }
  }
  const timer = setInterval(sweep, Math.min(500, limits.idleTimeoutMs / 4, limits.connectTimeoutMs / 4))
  timer.unref()

  const open = (request: ExchangeRequest): Exchange => {
    const { method, headers, body, fresh = false } = request
    if (closed) return failed('aborted', 'the client was closed')
    const target = readTarget(request.url)
    if (!target.ok) return failed('unreadable', target.error)
    const head = renderRequestHead(method, target.value, headers, body?.length)
    if (!head.ok) return failed('unreadable', head.error)
    const pool = poolOf(target.value.origin)
    const exchange = new WireExchange({ method, head: head.value, body, fresh }, pool, limits.queuedBytesMax)
    pool.start(exchange)
    return exchange
  }
  const close = (): void => {
    closed = true
    clearInterval(timer)
    for (const pool of pools.values()) pool.close()
    pools.clear()
  }
  return { open, close }
}

/** An exchange that could not begin. */
const failed = (kind: ExchangeFault['kind'], detail: string): Exchange => {
  const fault = Promise.resolve(err({ kind, untouched: true, detail }))
  return { begun: fault, read: () => fault, cancel: () => undefined }
}

const TARGETS_MAX = 1_024

/** The same few addresses are asked for again and again: reading one costs as much as the rest of a head. */
const createTargetReader = (): ((url: string) => Result<Target, string>) => {
  const targets = new Map<string, Target>()
  return (url) => {
    const known = targets.get(url)
    if (known) return ok(known)
    const target = parseTarget(url)
    if (!target.ok) return target
    if (targets.size >= TARGETS_MAX) targets.clear()
    targets.set(url, target.value)
    return target
  }
}
