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
const HOLD_TIMEOUT = '8s'

/** Gateways as in production, and everything around them, each a process of its own but for the vendors. */
export interface Stage {
  readonly gateways: readonly Gateway[]
  readonly upstream: Upstream
  /** What can be broken; only where there are several replicas. */
  readonly servers:
    | { readonly postgres: PostgresServer; readonly redis: RedisServer; readonly proxy: CutProxy }
    | undefined
  /** Kills a replica as a power cut does, and starts it again. */
  killAndRestart(index: number, pauseMs: number): Promise<void>
  stop(): Promise<void>
}

/** Several replicas on one PostgreSQL, which they reach through a proxy, and one Redis. */
export const startReplicas = async (replicas: number, seed: number): Promise<Stage> => {
  const [postgres, redis, upstream] = [await startPostgres(), await startRedis(), await startUpstream(seed)]
  const address = new URL(await postgres.createDatabase())
  const proxy = await startProxy(Number(address.port))
  address.port = String(proxy.port)
  const config = {
    ...configOf(upstream.url),
    ...{ database: address.href, redis: redis.url, billing: { hold_timeout: HOLD_TIMEOUT } },
  }
  const stage = await startStage(replicas, upstream, config)
  return {
    ...stage,
    servers: { postgres, redis, proxy },
    stop: async () => {
      await stage.stop()
      await proxy.stop()
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
  return { ...(await startStage(1, upstream, config)), servers: undefined }
}

const startStage = async (replicas: number, upstream: Upstream, config: Readonly<Record<string, unknown>>) => {
  const home = mkdtempSync(join(tmpdir(), 'tollgate-workload-'))
  const start = (index: number): Promise<Gateway> =>
    startGateway({ catalogue, config, dataFolder: mkdtempSync(join(home, `replica-${index}-`)) })
  const gateways: Gateway[] = []
  for (let index = 0; index < replicas; index += 1) gateways.push(await start(index))
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
