import { join } from 'node:path'
import { type DatabaseKind, sharedPostgres } from './databases.ts'
import { type RedisServer, startRedis } from './redis.ts'

const named = process.env['TOLLGATE_TEST_DATABASE'] ?? 'sqlite'
if (named !== 'sqlite' && named !== 'postgres')
  throw new Error(`TOLLGATE_TEST_DATABASE is \`${named}\`, and is either \`sqlite\` or \`postgres\``)

/** Where gateways that name no database keep their data in this run: a file and memory, or PostgreSQL and Redis. */
export const STORAGE: DatabaseKind = named

/** `database` and `redis` of a gateway's configuration. */
export interface Storage {
  readonly database: string
  readonly redis: string | null
}

let redis: Promise<RedisServer> | undefined
let given = 0

/** A Redis database that no other gateway of this process counts in. */
const ownRedis = async (): Promise<string> => {
  redis ??= startRedis()
  const { url } = await redis
  given += 1
  return url.replace(/\/0$/, `/${given}`)
}

const onServers = async (): Promise<Storage> => ({
  database: await (await sharedPostgres()).createDatabase(),
  redis: await ownRedis(),
})

const known = new Map<string, Promise<Storage>>()

/** Empty storage for a gateway that keeps its files in `folder`; the same storage when it is asked for again. */
export const storageIn = (folder: string): Promise<Storage> => {
  if (STORAGE === 'sqlite') return Promise.resolve({ database: `sqlite:${join(folder, 'tollgate.db')}`, redis: null })
  const storage = known.get(folder) ?? onServers()
  known.set(folder, storage)
  return storage
}

/** What is about one kind of storage, and why the other has nothing of it. */
const ONLY_ON_SQLITE = {
  'a hold that is granted before it is written': 'PostgreSQL grants and writes a hold in one step',
  'a database file that is none':
    'with PostgreSQL there is no file of ours; a server that cannot be used is tested at the connection to it',
  'what SDKs make of a stream, without a gateway': 'nothing is stored, and both times would be the same',
} as const

/** Registers tests on SQLite alone. Elsewhere there is nothing to skip. */
export const onlyOnSqlite = (_about: keyof typeof ONLY_ON_SQLITE, register: () => void): void => {
  if (STORAGE === 'sqlite') register()
}
