import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config/load.ts'

/** What became of a configuration that was read again: names of keys, as the file has them. */
export interface Reloaded {
  readonly file: string | null
  /** In use from now on. */
  readonly changed: readonly string[]
  /** Other than what is in use, which stays until the next start. */
  readonly needsRestart: readonly string[]
  readonly warnings: readonly string[]
}

/** What everything else was built upon. */
const AFTER_RESTART = {
  listen: 'listen',
  publicUrl: 'public_url',
  database: 'database',
  redis: 'redis',
  adminKey: 'admin_key',
  encryptionKey: 'encryption_key',
  encryptionKeys: 'encryption_keys',
  accounts: 'accounts',
  mail: 'mail',
  auth: 'auth',
  timeouts: 'timeouts',
  streams: 'streams',
  websockets: 'websockets',
  responses: 'responses',
  reasoning: 'reasoning',
  files: 'files',
  batches: 'batches',
  alerts: 'alerts',
  retry: 'retry',
  health: 'health',
  affinity: 'affinity',
  billing: 'billing',
  requestLog: 'request_log',
  capture: 'capture',
  shutdownTimeoutMs: 'shutdown_timeout',
  settleTimeoutMs: 'settle_timeout',
} as const

// A key that is in none of these tables does not compile.
const AT_RUN_TIME: Readonly<
  Record<Exclude<keyof Config, keyof typeof AFTER_RESTART | 'limits' | 'log' | 'file' | 'warnings'>, string>
> = {
  providers: 'providers',
  channels: 'channels',
  groups: 'groups',
  plans: 'plans',
  aliases: 'aliases',
  retired: 'retired',
  catalogue: 'catalogue',
  publicPrices: 'public_prices',
  exampleModel: 'example_model',
}

const LIMITS_AFTER_RESTART = {
  redisTimeoutMs: 'limits.redis_timeout',
  onOutage: 'limits.on_outage',
  replicasMin: 'limits.replicas_min',
  databaseQueue: 'limits.database_queue',
  databaseConnections: 'limits.database_connections',
  limiterSubjects: 'limits.limiter_subjects',
} as const

const LIMITS_AT_RUN_TIME: Readonly<Record<Exclude<keyof Config['limits'], keyof typeof LIMITS_AFTER_RESTART>, string>> =
  {
    perIp: 'limits.per_ip',
    perKey: 'limits.per_key',
    perUser: 'limits.per_user',
    perProject: 'limits.per_project',
    models: 'limits.models',
    bodyBytes: 'limits.body_bytes',
    jsonDepth: 'limits.json_depth',
    eventBytes: 'limits.event_bytes',
    deliveredBytes: 'limits.delivered_bytes',
    answerBytes: 'limits.answer_bytes',
    keyCacheEntries: 'limits.key_cache_entries',
    keyCacheTtlMs: 'limits.key_cache_ttl',
  }

const LOG_AFTER_RESTART = { format: 'log.format', bodies: 'log.bodies' } as const
const LOG_AT_RUN_TIME: Readonly<Record<Exclude<keyof Config['log'], keyof typeof LOG_AFTER_RESTART>, string>> = {
  level: 'log.level',
}

/** What of a configuration that was read again may be used at once; the rest of what is returned is as it was. */
export const mergeReloaded = (
  current: Config,
  loaded: Config,
): { readonly config: Config; readonly reloaded: Reloaded } => {
  const providers = withTimeoutsOf(current, loaded)
  const next = { ...loaded, providers: providers.merged }
  const config: Config = {
    ...next,
    ...pick(current, AFTER_RESTART),
    limits: { ...next.limits, ...pick(current.limits, LIMITS_AFTER_RESTART) },
    log: { ...next.log, ...pick(current.log, LOG_AFTER_RESTART) },
  }
  return {
    config,
    reloaded: {
      file: loaded.file,
      changed: [
        ...differing(current, next, AT_RUN_TIME),
        ...differing(current.limits, next.limits, LIMITS_AT_RUN_TIME),
        ...differing(current.log, next.log, LOG_AT_RUN_TIME),
      ],
      needsRestart: [
        ...differing(current, next, AFTER_RESTART),
        ...providers.needsRestart,
        ...differing(current.limits, next.limits, LIMITS_AFTER_RESTART),
        ...differing(current.log, next.log, LOG_AFTER_RESTART),
      ],
      warnings: loaded.warnings,
    },
  }
}

/**
 * Time-outs that let a request last longer than any could so far stay as they were: how long one can last decides when its
 * place among limited ones runs out.
 */
const withTimeoutsOf = (current: Config, loaded: Config) => {
  const needsRestart: string[] = []
  const longestMs = Math.max(
    current.timeouts.totalMs,
    ...[...current.providers.values()].map((each) => each.timeouts.totalMs),
  )
  const isGeneral = !isDeepStrictEqual(current.timeouts, loaded.timeouts)
  const merged = new Map(
    [...loaded.providers].map(([id, provider]) => {
      if (!isGeneral && provider.timeouts.totalMs <= longestMs) return [id, provider] as const
      const timeouts = current.providers.get(id)?.timeouts ?? current.timeouts
      if (!isDeepStrictEqual(provider.timeouts, timeouts)) needsRestart.push(`providers.${id}.timeouts`)
      return [id, { ...provider, timeouts }] as const
    }),
  )
  return { merged, needsRestart }
}

const differing = <Part extends object>(one: Part, other: Part, names: Partial<Record<keyof Part, string>>): string[] =>
  Object.entries(names).flatMap(([key, name]) => {
    const at = key as keyof Part
    return isDeepStrictEqual(one[at], other[at]) ? [] : [String(name)]
  })

const pick = <Part extends object, Names extends Partial<Record<keyof Part, string>>>(part: Part, names: Names) =>
  Object.fromEntries(Object.keys(names).map((key) => [key, part[key as keyof Part]])) as Pick<
    Part,
    keyof Names & keyof Part
  >
