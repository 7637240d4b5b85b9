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
  auth: 'auth',
  timeouts: 'timeouts',
  streams: 'streams',
  responses: 'responses',
  reasoning: 'reasoning',
  retry: 'retry',
  billing: 'billing',
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
  const providers = withTimeoutsOf(current, loaded.providers)
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

/** Time-outs stay: how long a request can last decides when its place among limited ones runs out. */
const withTimeoutsOf = (current: Config, loaded: Config['providers']) => {
  const needsRestart: string[] = []
  const merged = new Map(
    [...loaded].map(([id, provider]) => {
      const timeouts = current.providers.get(id)?.timeouts ?? general(current.timeouts)
      if (!isDeepStrictEqual(provider.timeouts, timeouts)) needsRestart.push(`providers.${id}.timeouts`)
      return [id, { ...provider, timeouts }] as const
    }),
  )
  return { merged, needsRestart }
}

const general = ({ firstByteMs, idleMs, totalMs }: Config['timeouts']) => ({ firstByteMs, idleMs, totalMs })

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
