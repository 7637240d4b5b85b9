export interface HttpClientOptions {
  /** How long a connection is kept without a request; a server's own `keep-alive: timeout` may make it shorter. */
  readonly idleTimeoutMs?: number
  readonly connectTimeoutMs?: number
  readonly idlePerOriginMax?: number
  readonly idleMax?: number
  /** Connections to one origin, open or opening; requests above that wait in their order. */
  readonly openPerOriginMax?: number
  readonly waitingPerOriginMax?: number
  /** Bytes of an answer that may lie unread before its connection is no longer read. */
  readonly queuedBytesMax?: number
  /** Certificate authorities to trust instead of the runtime's own. */
  readonly tls?: { readonly ca: string | readonly string[] }
}

export type Limits = Required<Omit<HttpClientOptions, 'tls'>>

/** Below the 60 s and more after which common servers and load balancers close. */
export const DEFAULT_LIMITS: Limits = {
  idleTimeoutMs: 30_000,
  connectTimeoutMs: 10_000,
  idlePerOriginMax: 256,
  idleMax: 1_024,
  openPerOriginMax: 10_000,
  waitingPerOriginMax: 10_000,
  queuedBytesMax: 65_536,
}
