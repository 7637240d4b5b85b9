import type { Capture } from '../capture/capture.ts'
import type { Config } from '../config/load.ts'
import { createMetricsEndpoint as createEndpoint } from '../http/metrics-endpoint.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { createMetrics, type Metrics } from '../metrics/metrics.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { err, ok } from '../result.ts'
import type { Health } from '../routing/health.ts'
import { VERSION } from '../version.ts'
import type { Books } from './books.ts'
import type { FirstStart } from './first-start.ts'
import type { Limiters } from './limiters.ts'
import { admitStranger } from './gateway.ts'
import type { Reports } from './reports.ts'

/** What is known now of the names that are counted by. */
export interface KnownNames {
  readonly catalogue: Pick<Catalogue, 'find'>
  /** Of each channel, by its id. */
  readonly providers: ReadonlyMap<string, string>
}

/** Counts by the names of the configuration and the catalogue; what is told to the log is counted too. */
export const openMetrics = (known: () => KnownNames | undefined, reports: Reports) => {
  const metrics = createMetrics({
    version: VERSION,
    isKnownModel: (id) => known()?.catalogue.find(id) !== undefined,
    providerOf: (channel) => known()?.providers.get(channel),
  })
  return { metrics, reports: counted(reports, metrics) }
}

const counted = (reports: Reports, metrics: Metrics): Reports => ({
  ...reports,
  note: (call, error) => {
    metrics.recordError(call.operation.format, error.kind)
    reports.note(call, error)
  },
  onDefect: (call, error) => {
    metrics.recordDefect()
    reports.onDefect(call, error)
  },
})

export interface Watched extends Pick<Limiters, 'limiterStats'> {
  readonly metrics: Metrics
  readonly books: Books
  readonly openTabs: ReadonlySet<string>
  readonly health: Health
  readonly capture: Pick<Capture, 'dropped' | 'evicted'> | undefined
}

/** What is looked at only when `/metrics` is asked for. To be called once. */
export const watchGauges = ({ metrics, books, openTabs, limiterStats, health, capture }: Watched): void =>
  metrics.watch({
    requestsOpen: () => openTabs.size,
    databaseQueued: () => books.load().queued,
    isDatabaseSaturated: () => books.load().isSaturated,
    limiter: limiterStats,
    health: () => health.list(),
    payloadsDropped: () => capture?.dropped,
    payloadsEvicted: () => capture?.evicted,
  })

export interface MetricsParts extends Pick<Limiters, 'addressLimiter'> {
  readonly config: Config
  readonly metrics: Metrics
  readonly start: FirstStart
}

/** `/metrics`. */
export const createMetricsEndpoint = ({ metrics, start, ...strangers }: MetricsParts): Endpoint =>
  createEndpoint({
    metrics,
    isAdmin: start.isAdmin,
    admitUnauthenticated: (ip) => {
      const refusal = admitStranger(strangers, ip)
      return refusal ? err(refusal) : ok(undefined)
    },
  })
