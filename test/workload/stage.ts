import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type PostgresServer, startPostgres } from '../harness/postgres.ts'
import { type RedisServer, startRedis } from '../harness/redis.ts'
import { type CutProxy, startProxy } from './proxy.ts'
import { startUpstream, type Upstream } from './upstream.ts'
import { catalogue, configOf } from './world.ts'

/** What a replica that was killed had set aside is given back so soon. */
export const HOLD_TIMEOUT_MS = 8_000
const HOLD_TIMEOUT = `${HOLD_TIMEOUT_MS}ms`

/** Gateways as in production, and everything around them, each a process of its own but for the vendors. */
export interface Stage {
  readonly gateways: readonly Gateway[]
  readonly upstream: Upstream
  /** What can be broken; only where there are several replicas. */
  readonly servers:
    | {
        readonly postgres: PostgresServer
        readonly redis: RedisServer
        /** Between each replica and the database. */
        readonly proxies: readonly CutProxy[]
      }
    | undefined
  /** Kills a replica as a power cut does, and starts it again. */
  killAndRestart(index: number, pauseMs: number): Promise<void>
  stop(): Promise<void>
}

/** Several replicas on one PostgreSQL, which each reaches through a proxy of its own, and one Redis. */
export const startReplicas = async (replicas: number, seed: number): Promise<Stage> => {
  const [postgres, redis, upstream] = [await startPostgres(), await startRedis(), await startUpstream(seed)]
  const address = new URL(await postgres.createDatabase())
  const target = Number(address.port)
  const proxies = await Promise.all(Array.from({ length: replicas }, () => startProxy(target)))
  const configs = proxies.map(({ port }) => {
    address.port = String(port)
    const own = { database: address.href, redis: redis.url, billing: { hold_timeout: HOLD_TIMEOUT } }
    return { ...configOf(upstream.url), ...own }
  })
  const stage = await startStage(upstream, configs)
  return {
    ...stage,
    servers: { postgres, redis, proxies },
    stop: async () => {
      await stage.stop()
      for (const proxy of proxies) await proxy.stop()
      await redis.stop()
      await postgres.stop()
    },
  }
}

/** One gateway on a file of SQLite, in `folder`. */
export const startSingle = async (folder: string, seed: number): Promise<Stage> => {
  const upstream = await startUpstream(seed)
  const database = `sqlite:${join(folder, 'tollgate.db')}`
  const config = { ...configOf(upstream.url), database, billing: { hold_timeout: HOLD_TIMEOUT } }
  return { ...(await startStage(upstream, [config])), servers: undefined }
}

/** A gateway for each configuration. */
const startStage = async (upstream: Upstream, configs: readonly Readonly<Record<string, unknown>>[]) => {
  const home = mkdtempSync(join(tmpdir(), 'tollgate-workload-'))
  const start = (index: number): Promise<Gateway> =>
    startGateway({ catalogue, config: configs[index] ?? {}, dataFolder: mkdtempSync(join(home, `replica-${index}-`)) })
  const gateways: Gateway[] = []
  for (let index = 0; index < configs.length; index += 1) gateways.push(await start(index))
  return {
    gateways,
    upstream,
    killAndRestart: async (index: number, pauseMs: number) => {
      await gateways[index]?.kill9()
      await Bun.sleep(pauseMs)
      gateways[index] = await start(index)
    },
    stop: async () => {
      for (const gateway of gateways) await gateway.stop()
      await upstream.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
