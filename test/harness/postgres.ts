import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { postgresProgram } from './install.ts'
import { familyOf, freePort, isRunning, type Keeper, keep, makeHome, runOnce, signal, until } from './server-process.ts'

/** A PostgreSQL server of the tests' own, on a free port of 127.0.0.1, with its data in a folder of its own. */
export interface PostgresServer {
  /** The address of a database that nobody uses, with the password. */
  readonly url: string
  /** Makes an empty database and tells its address. */
  createDatabase(): Promise<string>
  /** Freezes the server and all its connections, as a machine that stalls does. */
  suspend(): void
  resume(): void
  /** Ends everything at once, as a power cut does. */
  kill(): Promise<void>
  /** Ends connections and shuts down in order (`pg_ctl stop -m fast`); the data stays. */
  shutDown(): Promise<void>
  /** Starts again, on the same port and with the same data, after `kill` or `shutDown`. */
  start(): Promise<void>
  /** `shutDown`, then `start`. */
  restart(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** Everything durable as in production; small, because it shares the machine with the tests. */
const SETTINGS = ['fsync=on', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200']

/** Starts a new server and waits until it accepts connections. It ends with the test process at the latest. */
export const startPostgres = async (): Promise<PostgresServer> => {
  const home = makeHome('postgres')
  const data = join(home.folder, 'data')
  const password = randomBytes(12).toString('hex')
  const passwordFile = join(home.folder, 'password')
  writeFileSync(passwordFile, `${password}\n`)
  const initdb = [postgresProgram('initdb'), '--pgdata', data, '--no-sync', '--username=tollgate', '--encoding=UTF8']
  runOnce([...home.as, ...initdb, '--locale=C', '--auth=scram-sha-256', `--pwfile=${passwordFile}`], home.folder)
  const port = await freePort()
  const urlOf = (name: string): string => `postgres://tollgate:${password}@127.0.0.1:${port}/${name}`
  const pidFile = join(data, 'postmaster.pid')
  const server = controlOf(pidFile, () =>
    keep(home, [
      ...['sh', '-c', 'log=$1; shift; exec "$@" >>"$log" 2>&1', 'log', join(home.folder, 'log')],
      ...[postgresProgram('postgres'), '-D', data, '-p', String(port)],
      ...SETTINGS.flatMap((setting) => ['-c', setting]),
    ]),
  )
  await server.start()
  return { ...server, url: urlOf('postgres'), createDatabase: creatorOf(urlOf) }
}

type Control = Omit<PostgresServer, 'url' | 'createDatabase'>

const controlOf = (pidFile: string, launch: () => Keeper): Control => {
  let keeper: Keeper | undefined
  let pid = 0
  const start = async (): Promise<void> => {
    keeper = launch()
    await until('PostgreSQL accepts connections', () => {
      const lines = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n') : []
      pid = Number(lines[0] ?? 0)
      return lines[7]?.trim() === 'ready' && isRunning(pid)
    })
  }
  const ended = async (pids: readonly number[]): Promise<void> => {
    await until('PostgreSQL ends', () => !pids.some(isRunning))
    keeper?.letGo()
  }
  const everyone = (name: NodeJS.Signals): readonly number[] => {
    const pids = familyOf(pid)
    for (const one of pids) signal(one, name)
    return pids
  }
  const shutDown = async (): Promise<void> => {
    signal(pid, 'SIGINT')
    await ended([pid])
  }
  return {
    start,
    shutDown,
    // The parent first: it would start others in the place of those it sees die.
    suspend: () => void everyone('SIGSTOP'),
    resume: () => void everyone('SIGCONT'),
    kill: () => ended(everyone('SIGKILL')),
    restart: async () => {
      await shutDown()
      await start()
    },
    stop: async () => {
      everyone('SIGCONT')
      await keeper?.end()
    },
  }
}

/** A language's order and case, as most servers have: nothing may depend on there being none. From version 15 on. */
const languageOf = async (client: Client): Promise<string> => {
  const { rows } = await client.query<Record<string, string>>('SHOW server_version_num')
  const version = Number(Object.values(rows[0] ?? {})[0])
  return version >= 150_000 ? `LOCALE_PROVIDER icu ICU_LOCALE 'en-US'` : ''
}

/** One at a time: two copies of the template at once get in each other's way. */
const creatorOf = (urlOf: (name: string) => string): PostgresServer['createDatabase'] => {
  let made = 0
  let last: Promise<unknown> = Promise.resolve()
  const create = async (): Promise<string> => {
    made += 1
    const name = `tollgate_${made}`
    const client = new Client({ connectionString: urlOf('postgres') })
    await client.connect()
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ${await languageOf(client)}`)
    await client.end()
    return urlOf(name)
  }
  return () => {
    const created = last.then(create)
    last = created.catch(() => undefined)
    return created
  }
}
