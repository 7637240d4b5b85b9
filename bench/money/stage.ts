import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { adminOf } from '../../test/harness/admin.ts'
import { startPostgres } from '../../test/harness/postgres.ts'
import { startRedis } from '../../test/harness/redis.ts'
import { familyOf } from '../../test/harness/server-process.ts'
import { type Child, cpuMicrosOf, parentOf, startChild } from './children.ts'
import { FREE_GROUP, type Times } from './ledger.ts'
import type { Way } from './load.ts'

/** Gateways on one storage, and customers of theirs. */
export interface Site {
  readonly storage: string
  readonly urls: readonly string[]
  /** Keys of the same customers: charged as anybody is, or served without money. */
  readonly keys: { readonly charged: readonly string[]; readonly free: readonly string[] }
  /** What the first `count` gateways measured inside since this was last asked. */
  takeTimes(count: number): Promise<Times>
  /** CPU time so far, in microseconds, by what used it. */
  cpuMicros(): Readonly<Record<'gateways' | 'database' | 'redis', number>>
  /** Throws when the books do not add up. */
  check(): Promise<void>
  stop(): Promise<void>
}

const ADMIN_KEY = 'bench-admin-key-of-no-value-0123456789'
const AT_ONCE = 16
/** Limits that are counted and never reached. */
const LIMITS = { rpm: 100_000_000, tpm: 2_147_483_647 }

const CATALOGUE = {
  models: {
    bench: {
      provider: 'openai',
      type: 'chat',
      context_window: 200_000,
      max_output_tokens: 4_000,
      price: { input: '3', output: '15' },
    },
  },
}

/** A provider that answers at once; its address. */
export const startProvider = async (): Promise<{ readonly url: string; stop(): Promise<void> }> => {
  const child = await startChild(join(import.meta.dir, '..', 'upstream.ts'), [], /upstream (\d+)\n/)
  return { url: `http://127.0.0.1:${child.said}`, stop: () => child.stop() }
}

/** One gateway with a file and memory. */
export const startSqlite = async (folder: string, providerUrl: string, accounts: number): Promise<Site> => {
  const storage = { database: `sqlite:${join(folder, 'tollgate.db')}` }
  return openSite('SQLite', [await startGateway(folder, 'single', providerUrl, storage)], accounts, {
    databaseMicros: () => 0,
    redisMicros: () => 0,
    stop: () => Promise.resolve(),
  })
}

/** Several gateways with one PostgreSQL and one Redis. */
export const startPostgresAndRedis = async (
  folder: string,
  providerUrl: string,
  accounts: number,
  replicas: number,
): Promise<Site> => {
  const [postgres, redis] = [await startPostgres(), await startRedis()]
  const database = await postgres.createDatabase()
  const gateways: Gateway[] = []
  for (let index = 0; index < replicas; index += 1)
    gateways.push(await startGateway(folder, `replica-${index}`, providerUrl, { database, redis: redis.url }))
  const postmaster = await postmasterOf(database)
  const redisPid = Number(readFileSync(join(redis.folder, 'pid'), 'utf8'))
  return openSite('PostgreSQL, Redis', gateways, accounts, {
    databaseMicros: () => familyOf(postmaster).reduce((sum, pid) => sum + cpuMicrosOf(pid), 0),
    redisMicros: () => cpuMicrosOf(redisPid),
    stop: async () => {
      await redis.stop()
      await postgres.stop()
    },
  })
}

interface Servers {
  readonly databaseMicros: () => number
  readonly redisMicros: () => number
  readonly stop: () => Promise<void>
}

interface Gateway {
  readonly url: string
  readonly child: Child
}

const startGateway = async (
  folder: string,
  name: string,
  providerUrl: string,
  storage: Readonly<Record<string, string>>,
): Promise<Gateway> => {
  const [config, catalogue] = [join(folder, `${name}.json`), join(folder, 'model_catalog.json')]
  writeFileSync(catalogue, JSON.stringify(CATALOGUE))
  const upstream = { kind: 'openai-compatible', base_url: `${providerUrl}/v1`, keys: ['upstream'] }
  writeFileSync(
    config,
    JSON.stringify({
      ...storage,
      listen: { host: '127.0.0.1', port: 0 },
      admin_key: ADMIN_KEY,
      providers: { upstream },
      channels: [{ id: 'upstream', provider: 'upstream', models: ['bench'], groups: ['default', FREE_GROUP] }],
      groups: { [FREE_GROUP]: {} },
      catalogue,
      // A slice comes back to an account after a minute; traffic that goes on would have kept its key in memory. And a
      // machine that stalls is no reason to measure without Redis.
      limits: { key_cache_ttl: '1h', redis_timeout: '5s', on_outage: 'refuse' },
      log: { level: 'warn' },
    }),
  )
  const script = join(import.meta.dir, 'gateway.ts')
  const child = await startChild(script, ['serve', '--config', config], /listening on (http:\/\/127\.0\.0\.1:\d+)/)
  return { url: child.said, child }
}

const openSite = async (
  storage: string,
  gateways: readonly Gateway[],
  accounts: number,
  servers: Servers,
): Promise<Site> => {
  const urls = gateways.map(({ url }) => url)
  const admin = adminOf(urls[0] ?? '', ADMIN_KEY)
  const keys: { readonly charged: string[]; readonly free: string[] } = { charged: [], free: [] }
  const makeCustomers = async (): Promise<void> => {
    while (keys.charged.length < accounts) {
      const { userId, key } = await admin.createCustomer('100000', LIMITS)
      keys.charged.push(key)
      keys.free.push((await admin.createKey({ ...LIMITS, user_id: userId, name: 'free', group: FREE_GROUP })).key)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, makeCustomers))
  return {
    storage,
    urls,
    keys,
    takeTimes: async (count) => {
      const taken: Times = { hold: [], durable: [], settle: [] }
      for (const { child } of gateways.slice(0, count)) {
        const times = await child.ask<Times>('times')
        for (const part of ['hold', 'durable', 'settle'] as const) taken[part].push(...times[part])
      }
      return taken
    },
    cpuMicros: () => ({
      gateways: gateways.reduce((sum, { child }) => sum + cpuMicrosOf(child.pid), 0),
      database: servers.databaseMicros(),
      redis: servers.redisMicros(),
    }),
    check: async () => {
      const { ok, open_holds: openHolds } = await admin.ledgerCheck()
      if (!ok || openHolds > 0) throw new Error(`${storage}: the books do not add up; ${openHolds} holds are open`)
    },
    stop: async () => {
      for (const { child } of gateways) await child.stop()
      await servers.stop()
    },
  }
}

/** The server behind an address: the parent of the process that serves a connection. */
const postmasterOf = async (address: string): Promise<number> => {
  const client = new Client({ connectionString: address })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const postmaster = parentOf(rows[0]?.pid ?? 0)
  await client.end()
  return postmaster
}

/** Where charged and free requests of a cell go: to so many gateways, on one account or on all. */
export const wayTo = (site: Site, replicas: number, isHot: boolean, kind: keyof Site['keys']): Way => ({
  urls: site.urls.slice(0, replicas),
  keys: isHot ? site.keys[kind].slice(0, 1) : site.keys[kind],
})
