import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { redisProgram } from './install.ts'
import { freePort, isRunning, type Keeper, keep, makeHome, signal, until } from './server-process.ts'

/** A Redis (or Valkey) server of the tests' own, on a free port of 127.0.0.1. It keeps nothing on disk. */
export interface RedisServer {
  /** Its address, with the password. */
  readonly url: string
  /** Where it lives; gone when it has been stopped. */
  readonly folder: string
  /** Freezes it, as a machine that stalls does. */
  suspend(): void
  resume(): void
  /** Forgets everything. */
  flush(): Promise<void>
  /** Ends it at once; what it knew is gone. */
  kill(): Promise<void>
  /** Starts again, empty, on the same port. */
  start(): Promise<void>
  /** `kill`, then `start`. */
  restart(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** Numbered databases in one server: one for each gateway of a test process. */
const DATABASES = 1_000

/** Starts a new server and waits until it answers. It ends with the test process at the latest. */
export const startRedis = async (): Promise<RedisServer> => {
  const home = makeHome('redis')
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const pidFile = join(home.folder, 'pid')
  const command = [
    ...[redisProgram(), '--bind', '127.0.0.1', '--port', String(port), '--requirepass', password],
    ...['--save', '', '--appendonly', 'no', '--dir', home.folder, '--pidfile', pidFile],
    ...['--databases', String(DATABASES)],
  ]
  const say = (line: string): Promise<string> => ask(port, [`AUTH ${password}`, line])
  let keeper: Keeper | undefined
  let pid = 0
  const start = async (): Promise<void> => {
    rmSync(pidFile, { force: true })
    keeper = keep(home, command)
    await until('Redis answers', async () => existsSync(pidFile) && (await say('PING')).includes('+PONG'))
    pid = Number(readFileSync(pidFile, 'utf8'))
  }
  const kill = async (): Promise<void> => {
    signal(pid, 'SIGKILL')
    await until('Redis ends', () => !isRunning(pid))
    keeper?.letGo()
  }
  await start()
  return {
    url: `redis://:${password}@127.0.0.1:${port}/0`,
    folder: home.folder,
    start,
    kill,
    suspend: () => void signal(pid, 'SIGSTOP'),
    resume: () => void signal(pid, 'SIGCONT'),
    flush: async () => {
      const answer = await say('FLUSHALL')
      if (!/\+OK\r\n\+OK/.test(answer)) throw new Error(`Redis did not forget: ${answer}`)
    },
    restart: async () => {
      await kill()
      await start()
    },
    stop: async () => {
      signal(pid, 'SIGCONT')
      await keeper?.end()
    },
  }
}

/** Says lines, waits for as many answers of one line, and hangs up; what it heard, or nothing where nobody listens. */
const ask = (port: number, lines: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.on('connect', () => socket.write(lines.map((line) => `${line}\r\n`).join('')))
    socket.on('data', (data) => {
      heard += data.toString()
      if (heard.split('\r\n').length > lines.length) socket.end()
    })
    socket.on('error', () => resolve(heard))
    socket.on('close', () => resolve(heard))
  })
