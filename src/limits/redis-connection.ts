import { type Command, Redis } from 'ioredis'
import { startDeadline } from '../runtime/deadline.ts'

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
  limitCommands(connection, commandTimeoutMs)
  connection.on('error', onError)
  return connection
}

/** A time limit of our own: the driver's would fail a command whose answer has arrived, and only waits to be read. */
const limitCommands = (connection: Redis, timeoutMs: number): void => {
  const send = connection.sendCommand.bind(connection)
  connection.sendCommand = (command: Command, ...rest) => {
    const answer = send(command, ...rest)
    if (command.isSettled) return answer
    const end = startDeadline(timeoutMs, () => {
      if (!command.isSettled) command.reject(new Error(`no answer within ${timeoutMs} ms`))
    })
    command.promise.then(end, end)
    return answer
  }
}
