import { Redis } from 'ioredis'

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with user, password and database as usual. */
  readonly url: string
  /** How long one command may take. */
  readonly commandTimeoutMs: number
  /** Told what goes wrong with the connection; it is made anew by itself. */
  readonly onError: (error: Error) => void
}

/**
 * A connection that never waits: while there is none a command fails at once, and one that was under way when it broke
 * is not sent again, for it may have counted. It is made anew for as long as the process lives.
 */
export const openRedis = ({ url, commandTimeoutMs, onError }: RedisConnectionOptions): Redis => {
  const connection = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    // A connection on which nothing comes back, but which nobody closed, is given up.
    socketTimeout: 10_000,
    keepAlive: 10_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
    connectionName: 'tollgate',
    protocol: 2,
  })
  connection.on('error', onError)
  return connection
}
