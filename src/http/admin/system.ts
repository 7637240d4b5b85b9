import { createRoute, z } from '@hono/zod-openapi'
import type { ReplicaRecord } from '../../db/types.ts'
import type { LimiterStats } from '../../limits/memory.ts'
import type { ResilientStats } from '../../limits/resilient.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { ADMIN_ONLY, answer, failures, TIME } from './routes.ts'

/** This process, and what it runs on. */
export interface SystemDeps {
  readonly replica: Omit<ReplicaRecord, 'seenAtMs'>
  /** How long a replica is listed that has not been heard of. */
  readonly goneMs: number
  readonly database: {
    readonly kind: 'sqlite' | 'postgres'
    readonly load: () => { readonly queued: number; readonly isSaturated: boolean }
    /** What is wrong with it; `null`: nothing. */
    readonly fault: () => Promise<string | null>
  }
  readonly hasRedis: boolean
  readonly onOutage: 'local' | 'refuse'
  readonly limiter: () => LimiterStats & { readonly shared?: ResilientStats }
  /** Whether provider keys can be kept here: there is something to encrypt them with. */
  readonly canStoreKeys: boolean
  readonly requestsOpen: () => number
  readonly configuration: { readonly file: string | null; readonly warnings: readonly string[] }
}

const count = (description?: string) =>
  z
    .number()
    .int()
    .openapi({ example: 3, ...(description !== undefined && { description }) })

const ReplicaSchema = z.object({
  id: z.string().openapi({ example: 'replica_01jd8m3q7x' }),
  host: z.string().openapi({ example: 'tollgate-1' }),
  version: z.string().openapi({ example: '0.1.0' }),
  started_at: TIME,
  seen_at: TIME,
  self: z.boolean().openapi({ description: 'It is the one that answers.' }),
})

const SystemSchema = z
  .object({
    version: z.string().openapi({ example: '0.1.0' }),
    time: TIME.openapi({ description: 'By the clock of the replica that answers.' }),
    started_at: TIME,
    uptime_seconds: count(),
    runtime: z.string().openapi({ example: 'bun 1.4.5' }),
    memory_bytes: count('Resident, of this replica.'),
    requests_open: count('Under way on this replica.'),
    replicas: z.array(ReplicaSchema).openapi({ description: 'Those that were heard of in the last minute.' }),
    database: z.object({
      kind: z.enum(['sqlite', 'postgres']),
      size_bytes: count(),
      fault: z.string().nullable().openapi({ description: 'What is wrong with it; null: nothing.', example: null }),
      queued: count('Statements of this replica that wait.'),
      saturated: z.boolean().openapi({ description: 'More wait than `limits.database_queue` allows.' }),
      receipts_uncounted: count('Receipts that are not in the counters yet.'),
      holds_open: count('Amounts set aside for requests under way, and for batches.'),
      migrations: z.array(z.object({ number: count(), name: z.string(), applied_at: TIME })),
    }),
    redis: z
      .object({
        down: z.boolean(),
        on_outage: z.enum(['local', 'refuse']),
        replicas: count('That share limits through it, as this one counts.'),
        decided_alone: count('Requests that were let in or refused here without it, since the start.'),
        places: count('Requests under way that hold a place.'),
      })
      .nullable()
      .openapi({ description: 'null: none is configured, and each replica counts by itself.' }),
    limits: z.object({ subjects: count('Whose rates are counted here.'), leases: count(), evicted_early: count() }),
    provider_keys: z.object({
      storable: z.boolean().openapi({
        description: 'Whether keys can be set through the API. `false`: on PostgreSQL, `encryption_key` is missing.',
      }),
    }),
    configuration: z.object({
      file: z.string().nullable().openapi({ description: 'Its name, not where it lies.', example: 'tollgate.yaml' }),
      warnings: z.array(z.string()),
    }),
  })
  .openapi('System')

const showSystem = createRoute({
  method: 'get',
  path: '/api/admin/system',
  operationId: 'getSystem',
  tags: ['System'],
  summary: 'See what it runs on',
  description: 'The replica that answers, the others it knows of, the database, Redis and the configuration.',
  security: ADMIN_ONLY,
  responses: { 200: answer(SystemSchema, 'As it is now.'), ...failures() },
})

/** `GET /api/admin/system`. */
export const registerSystem = (app: ControlPlaneApp, deps: ControlPlaneDeps, system: SystemDeps): void => {
  app.openapi(showSystem, async (c) => {
    const [facts, fault, replicas] = await Promise.all([
      deps.store.overview.database(),
      system.database.fault(),
      deps.store.replicas.list(),
    ])
    const nowMs = deps.nowMs()
    const { replica, configuration } = system
    const { shared, ...limiter } = system.limiter()
    const { queued, isSaturated } = system.database.load()
    return c.json(
      {
        version: deps.facts.version,
        time: timeOf(nowMs),
        started_at: timeOf(replica.startedAtMs),
        uptime_seconds: Math.max(0, Math.floor((nowMs - replica.startedAtMs) / 1_000)),
        runtime: RUNTIME,
        memory_bytes: process.memoryUsage.rss(),
        requests_open: system.requestsOpen(),
        replicas: replicasOf(replica, replicas, system.goneMs, nowMs),
        database: {
          kind: system.database.kind,
          size_bytes: facts.bytes,
          fault,
          queued,
          saturated: isSaturated,
          receipts_uncounted: facts.uncounted,
          holds_open: facts.openHolds,
          migrations: facts.migrations.map(({ number, name, appliedAtMs }) => ({
            number,
            name,
            applied_at: timeOf(appliedAtMs),
          })),
        },
        redis:
          !system.hasRedis || !shared
            ? null
            : {
                down: shared.down,
                on_outage: system.onOutage,
                replicas: shared.replicas,
                decided_alone: shared.decidedAlone,
                places: shared.places,
              },
        limits: { subjects: limiter.subjects, leases: limiter.leases, evicted_early: limiter.evictedEarly },
        provider_keys: { storable: system.canStoreKeys },
        configuration: { file: configuration.file, warnings: [...configuration.warnings] },
      },
      200,
    )
  })
}

const RUNTIME = `bun ${process.versions['bun'] ?? 'unknown'}`

/** This one is there whether or not the others know of it. */
const replicasOf = (
  self: SystemDeps['replica'],
  known: readonly ReplicaRecord[],
  goneMs: number,
  nowMs: number,
): z.infer<typeof ReplicaSchema>[] =>
  [...known.filter(({ id, seenAtMs }) => id !== self.id && seenAtMs >= nowMs - goneMs), { ...self, seenAtMs: nowMs }]
    .sort((one, other) => one.startedAtMs - other.startedAtMs)
    .map(({ id, host, version, startedAtMs, seenAtMs }) => ({
      id,
      host,
      version,
      started_at: timeOf(startedAtMs),
      seen_at: timeOf(seenAtMs),
      self: id === self.id,
    }))

const timeOf = (atMs: number): string => new Date(atMs).toISOString()
