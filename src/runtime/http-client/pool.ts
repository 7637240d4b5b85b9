import type { HttpProxy } from '../../upstream/http1/proxy.ts'
import { renderConnectHead } from '../../upstream/http1/request-head.ts'
import type { Origin } from '../../upstream/http1/target.ts'
import { Connection, type ConnectionOwner, connect, type Route } from './connection.ts'
import type { Limits } from './types.ts'
import type { WaitingRoom, WireExchange } from './wire-exchange.ts'

/** What the pools of one client share. */
export interface PoolShare {
  readonly limits: Limits
  readonly nowMs: () => number
  /** Connections without a request, over all origins. */
  idle: number
}

/** A server says how long it waits; what is sent in its last second may come too late. */
const KEEP_ALIVE_MARGIN_MS = 1_000

/** The connections to one origin, by one way. The one used last is used first, so that the others age and go. */
export class OriginPool implements ConnectionOwner, WaitingRoom {
  readonly #route: Route
  readonly #share: PoolShare
  readonly #all = new Set<Connection>()
  readonly #opening = new Set<Connection>()
  readonly #waiting = new Set<WireExchange>()
  readonly #idle: Connection[] = []

  constructor(
    origin: Origin,
    proxy: HttpProxy | undefined,
    ca: string | readonly string[] | undefined,
    share: PoolShare,
  ) {
    const { hostname, port } = proxy ?? origin
    const tunnelHead = proxy && origin.tls ? renderConnectHead(origin, proxy) : undefined
    const tls = origin.tls ? tlsOptionsOf(origin, ca) : undefined
    this.#route = { hostname, port, isProxied: proxy !== undefined, tunnelHead, tls }
    this.#share = share
  }

  get empty(): boolean {
    return this.#all.size === 0 && this.#waiting.size === 0
  }

  /** Sends an exchange's request, over a kept connection where there is one, or has it wait for its turn. */
  start(exchange: WireExchange): void {
    const { openPerOriginMax, waitingPerOriginMax } = this.#share.limits
    const kept = exchange.fresh ? undefined : this.#takeIdle()
    if (!kept && exchange.fresh && this.#all.size >= openPerOriginMax) this.#takeIdle()?.destroy()
    if (kept) kept.carry(exchange)
    else if (this.#all.size < openPerOriginMax) this.#open(exchange)
    else if (this.#waiting.size < waitingPerOriginMax) this.#waiting.add(exchange)
    else exchange.fail('connect', `${waitingPerOriginMax} requests are waiting for a connection`)
  }

  leave(exchange: WireExchange): void {
    this.#waiting.delete(exchange)
  }

  opened(connection: Connection): void {
    this.#opening.delete(connection)
  }

  free(connection: Connection, keepAliveMs: number | undefined): void {
    const { idleMax, idlePerOriginMax, idleTimeoutMs } = this.#share.limits
    const [next] = this.#waiting
    if (next && !next.fresh) {
      this.#waiting.delete(next)
      connection.carry(next)
      return
    }
    const keptMs = Math.min(idleTimeoutMs, (keepAliveMs ?? Number.POSITIVE_INFINITY) - KEEP_ALIVE_MARGIN_MS)
    const isFull = this.#idle.length >= idlePerOriginMax || this.#share.idle >= idleMax
    if (next || isFull || keptMs <= 0) {
      connection.destroy()
      return
    }
    connection.deadlineMs = this.#share.nowMs() + keptMs
    this.#share.idle += 1
    this.#idle.push(connection)
  }

  gone(connection: Connection): void {
    this.#all.delete(connection)
    this.#opening.delete(connection)
    this.#dropIdle(connection)
    const [next] = this.#waiting
    if (!next) return
    this.#waiting.delete(next)
    this.#open(next)
  }

  /** Closes what has been idle for too long, and gives up what takes too long to connect. */
  sweep(nowMs: number): void {
    for (const connection of this.#idle.filter(({ deadlineMs }) => deadlineMs <= nowMs)) connection.destroy()
    for (const connection of this.#opening) {
      if (connection.deadlineMs > nowMs) continue
      this.#opening.delete(connection)
      connection.timedOut()
    }
  }

  close(): void {
    for (const exchange of this.#waiting) exchange.fail('aborted', 'the client was closed')
    for (const connection of this.#all) {
      connection.exchange?.fail('aborted', 'the client was closed')
      connection.destroy()
    }
  }

  #open(exchange: WireExchange): void {
    const { limits, nowMs } = this.#share
    const deadlineMs = nowMs() + (exchange.connectMs ?? limits.connectTimeoutMs)
    const connection = new Connection(this, this.#route, exchange, deadlineMs)
    this.#all.add(connection)
    this.#opening.add(connection)
    connect(connection, this.#route)
  }

  #takeIdle(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop()
      if (!connection) return undefined
      this.#share.idle -= 1
      if (connection.deadlineMs > this.#share.nowMs()) return connection
      connection.destroy()
    }
  }

  #dropIdle(connection: Connection): void {
    const at = this.#idle.indexOf(connection)
    if (at === -1) return
    this.#idle.splice(at, 1)
    this.#share.idle -= 1
  }
}

/** `rejectUnauthorized` is said, so that no variable of the environment can turn the check off. */
const tlsOptionsOf = ({ hostname }: Origin, ca: string | readonly string[] | undefined): Bun.TLSOptions => {
  const serverName = hostname.replace(/\.$/, '')
  const isAddress = hostname.includes(':') || /^[\d.]+$/.test(hostname)
  return {
    rejectUnauthorized: true,
    ALPNProtocols: Buffer.from('\x08http/1.1', 'latin1'),
    ...(isAddress ? {} : { serverName }),
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
  }
}
