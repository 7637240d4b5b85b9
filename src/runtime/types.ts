/** What the platform gives the gateway; the files beside this one are the only ones that name Bun. */
export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** `ip` looks the peer's address up when asked: most requests never need it. */
  readonly fetch: (request: Request, ip: () => string) => Response | Promise<Response>
}

export interface Listener {
  readonly host: string
  readonly port: number
  /** Stops accepting; resolves when the last open request has ended. */
  stop(): Promise<void>
  /** Closes every connection at once. */
  kill(): void
}

/** One statement for the database thread. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}
