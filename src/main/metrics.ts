import type { Config } from '../config/load.ts'
import { createMetricsEndpoint } from '../http/metrics-endpoint.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { createMetrics, type Metrics } from '../metrics/metrics.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { err, ok } from '../result.ts'
import { VERSION } from '../version.ts'
import type { Books } from './books.ts'
import type { FirstStart } from './first-start.ts'
import type { Limiters } from './limiters.ts'
import { admitStranger } from './gateway.ts'
import type { Reports } from './reports.ts'

/** Counts by the names of the configuration and the catalogue; what is told to the log is counted too. */
export const openMetrics = (config: Config, catalogue: Catalogue, reports: Reports) => {
  const providers = new Map(config.channels.map(({ id, provider }) => [id, provider]))
  const metrics = createMetrics({
    version: VERSION,
    isKnownModel: (id) => catalogue.find(id) !== undefined,
    providerOf: (channel) => providers.get(channel),
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

export interface MetricsParts extends Pick<Limiters, 'addressLimiter' | 'limiterStats'> {
  readonly config: Config
  readonly metrics: Metrics
  readonly books: Books
  readonly start: FirstStart
  readonly openTabs: ReadonlySet<string>
}

/** `/metrics`, with what is looked at only when it is asked for. */
export const openMetricsEndpoint = ({ metrics, books, start, openTabs, ...strangers }: MetricsParts): Endpoint => {
  metrics.watch({
    requestsOpen: () => openTabs.size,
    databaseQueued: () => books.load().queued,
    isDatabaseSaturated: () => books.load().isSaturated,
    limiter: strangers.limiterStats,
  })
  return createMetricsEndpoint({
    metrics,
    isAdmin: start.isAdmin,
    admitUnauthenticated: (ip) => {
      const refusal = admitStranger(strangers, ip)
      return refusal ? err(refusal) : ok(undefined)
    },
  })
}
