import { sharedPostgres } from '../harness/databases.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type RedisServer, startRedis } from '../harness/redis.ts'
import { PROVIDER_KEYS, replayConfig } from '../harness/replay-config.ts'
import type { Interaction } from '../replay/interaction.ts'
import { type Replay, startReplay } from '../replay/server.ts'

/** Several gateways on one PostgreSQL and one Redis, in front of one upstream whose every model is an interaction. */
export interface Replicas {
  readonly gateways: readonly Gateway[]
  readonly replay: Replay
  readonly redis: RedisServer
  /** `database:` of all of them. */
  readonly database: string
  /** One more, which is not among `gateways`. */
  another(): Promise<Gateway>
  stop(): Promise<void>
}

/** For starting and stopping servers and replicas on a machine that is busy. */
export const REPLICAS_MS = 120_000

/** Starts servers, upstream and replicas; the replicas all at once, on an empty database. */
export const startReplicas = async (
  count: number,
  interactions: readonly Interaction[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Replicas> => {
  const redis = await startRedis()
  const database = await (await sharedPostgres()).createDatabase()
  const replay = await startReplay({ interactions, keys: PROVIDER_KEYS })
  const replayed = replayConfig(replay.url, interactions)
  const started: Gateway[] = []
  const another = async (): Promise<Gateway> => {
    const gateway = await startGateway({
      config: { ...replayed.config, database, redis: redis.url, log: { level: 'warn' }, ...config },
      catalogue: replayed.catalogue,
    })
    started.push(gateway)
    return gateway
  }
  const gateways = await Promise.all(Array.from({ length: count }, another))
  return {
    gateways,
    replay,
    redis,
    database,
    another,
    stop: async () => {
      for (const gateway of started) await gateway.stop()
      await replay.stop()
      await redis.stop()
    },
  }
}
