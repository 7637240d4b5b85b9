import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import type { Limits } from '../gateway/ceilings.ts'
import { createMemoryCeilings, type LimiterStats, type MemoryCeilingLimiter } from '../limits/memory.ts'
import { createRedisLimiter } from '../limits/redis.ts'
import { openRedis } from '../limits/redis-connection.ts'
import { BEAT_MS, createResilientLimiter, type ResilientStats } from '../limits/resilient.ts'
import type { Admission, CeilingLimiter } from '../limits/types.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { repeat } from './repeat.ts'

export interface Limiters {
  readonly keyLimiter: CeilingLimiter
  /**
   * Addresses are counted apart from keys, so that a flood of them cannot push a key's count out of memory, and by each
   * process, so that it cannot keep Redis busy.
   */
  readonly addressLimiter: MemoryCeilingLimiter
  /** Attempts to sign in: of all replicas together where they share Redis, while it answers. Never rejects. */
  admitAttempt(subject: string, perMinute: number): Promise<Admission>
  /** Of the limiter of keys; `shared` where there is one for all replicas. */
  limiterStats(): LimiterStats & { readonly shared?: ResilientStats }
  close(): Promise<void>
}

/** Longer than a Redis nearby takes to be connected to; without it Tollgate starts all the same. */
const READY_MS = 2_000

/** Opens what counts: in memory, or in Redis where one is configured. */
export const openLimiters = async (config: Config, log: Logger): Promise<Limiters> => {
  const leaseMs = requestMsMax(config)
  const subjectsMax = config.limits.limiterSubjects
  const local = createMemoryCeilings({ subjectsMax, leaseMs })
  const addressLimiter = createMemoryCeilings({ subjectsMax, leaseMs })
  if (config.redis === null) {
    const close = () => Promise.resolve()
    return {
      ...{ keyLimiter: local, addressLimiter, limiterStats: local.stats, close },
      admitAttempt: attemptsOf(addressLimiter),
    }
  }
  const shared = await openShared(config, config.redis, local, log)
  return {
    keyLimiter: shared.limiter,
    addressLimiter,
    admitAttempt: attemptsOf(addressLimiter, shared.attempts),
    limiterStats: () => ({ ...local.stats(), shared: shared.limiter.stats() }),
    close: shared.close,
  }
}

const openShared = async (config: Config, url: string, local: MemoryCeilingLimiter, log: Logger) => {
  const { redisTimeoutMs, onOutage, replicasMin } = config.limits
  let isFailing = false
  // It tries again every two seconds at most: what it fails with is told once.
  const onError = (error: Error): void => {
    if (!isFailing) log.warn({ err: error }, 'the connection to Redis failed, and is made anew')
    isFailing = true
  }
  const connection = openRedis({ url, commandTimeoutMs: redisTimeoutMs, onError })
  connection.on('ready', () => {
    isFailing = false
  })
  await ready(connection)
  const limiter = createResilientLimiter(createRedisLimiter({ connection }), local, {
    onOutage,
    replica: randomUUID(),
    replicasMin,
    requestMsMax: requestMsMax(config),
    onDown: (error) => log.error({ err: error, on_outage: onOutage }, 'Redis does not answer: limits are not shared'),
    onUp: () => log.info('Redis answers again: limits are shared'),
    nowMs: Date.now,
  })
  const beat = repeat(limiter.beat, BEAT_MS, (error) => log.error({ err: error }, 'limits are not kept up'))
  const close = async (): Promise<void> => {
    await beat.stop()
    // After all that was said before, such as which places are free again.
    await connection.quit().catch(() => connection.disconnect())
  }
  return { limiter, attempts: createRedisLimiter({ connection }), close }
}

/**
 * This process counts first, so that what it refuses by itself keeps no shared counter busy: of a flood each replica passes
 * on what its own limit lets through. Without an answer that is what counts: nobody is kept from signing in by an outage.
 */
const attemptsOf =
  (own: MemoryCeilingLimiter, shared?: CeilingLimiter): Limiters['admitAttempt'] =>
  async (subject, perMinute) => {
    const ceilings = [{ subject, rpm: perMinute }]
    const attempt = { id: randomUUID(), inputTokens: 0, outputTokens: 0, nowMs: Date.now() }
    const admission = own.admit(ceilings, attempt)
    if (!admission.granted || !shared) return admission
    try {
      return await shared.admit(ceilings, attempt)
    } catch {
      // Told already, by the limiter of keys, which asks the same server.
      return admission
    }
  }

const ready = (connection: Redis): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, READY_MS)
    connection.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** The longest a request can be under way: every try as slow as it may be, and a client that takes its time. */
const requestMsMax = ({ timeouts, providers, retry, billing, streams }: Config): number => {
  const totalMs = Math.max(timeouts.totalMs, ...[...providers.values()].map((provider) => provider.timeouts.totalMs))
  return retry.attempts * totalMs + Math.max(billing.drainTimeoutMs, streams.clientIdleMs)
}

/** What is wrong while limits cannot be counted as they should be. Counting alone is not a reason to send no traffic. */
export const limiterFault = ({ limits }: Config, { shared }: ReturnType<Limiters['limiterStats']>) => {
  if (!shared?.down) return null
  return limits.onOutage === 'refuse'
    ? 'down: what is limited is refused'
    : { degraded: 'down: each replica counts limits by itself' }
}

/** `limits.models` by the ids of the catalogue, and the names in it that mean no model. */
export const modelLimitsOf = ({ limits }: Config, { resolve }: Catalogue) => {
  const byId = new Map<string, Limits>()
  const unknown: string[] = []
  for (const [name, each] of limits.models) {
    const found = resolve(name)
    if (found.ok) byId.set(found.value.model.id, each)
    else unknown.push(name)
  }
  return { byId, unknown }
}
