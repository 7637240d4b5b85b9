import { ok, type Result } from '../result.ts'
import { type Exchange, type ExchangeRequest, failedExchange, type OpenExchange } from '../upstream/exchange.ts'
import type { HttpProxy } from '../upstream/http1/proxy.ts'
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
 * An HTTP/1.1 client on bare sockets, for upstream requests: keeps connections, holds back what is not read, goes through
 * proxies, and leaves retries, redirects and all time-outs but that of connecting to its caller.
 */
export const createHttpClient = (options: HttpClientOptions = {}): HttpClient => {
  const { tls, ...given } = options
  const limits = { ...DEFAULT_LIMITS, ...given }
  const nowMs = () => performance.now()
  const share: PoolShare = { limits, nowMs, idle: 0 }
  const pools = new Map<string, OriginPool>()
  const readTarget = createTargetReader()
  let closed = false

  const poolOf = (origin: Origin, proxy: HttpProxy | undefined): OriginPool => {
    const key = proxy ? `${proxy.key} ${origin.key}` : origin.key
    const known = pools.get(key)
    if (known) return known
    const pool = new OriginPool(origin, proxy, tls?.ca, share)
    pools.set(key, pool)
    return pool
  }
  const sweep = (): void => {
    for (const [key, pool] of pools) {
      pool.sweep(nowMs())
      if (pool.empty) pools.delete(key)
    }
  }
  const timer = setInterval(sweep, Math.min(SWEEP_MS, limits.idleTimeoutMs / 4, limits.connectTimeoutMs / 4))
  timer.unref()

  const open = (request: ExchangeRequest): Exchange => {
    const { method, headers, body, fresh = false, connectMs, proxy } = request
    if (closed) return failedExchange('aborted', 'the client was closed')
    const target = readTarget(request.url)
    if (!target.ok) return failedExchange('unreadable', target.error)
    const { origin } = target.value
    const forwarder = origin.tls ? undefined : proxy
    const head = renderRequestHead(method, target.value, headers, body?.length, forwarder)
    if (!head.ok) return failedExchange('unreadable', head.error)
    const pool = poolOf(origin, proxy)
    const wired = { method, head: head.value, body, fresh, connectMs, isForwarded: forwarder !== undefined }
    const exchange = new WireExchange(wired, pool, limits.queuedBytesMax)
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

/** Time-outs of seconds need no more precision. */
const SWEEP_MS = 250
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
