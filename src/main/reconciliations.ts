import type { Logger } from 'pino'
import type { ReconciliationRecord, Store } from '../db/types.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** The newest comparison with each provider's bill, for metrics and the log. */
export interface ReconciliationWatch {
  /** To be told when one was made, by whichever process. */
  notice(id: string): Promise<void>
}

/** Tells metrics of what was compared before, and of what will be noticed. */
export const watchReconciliations = async (
  { reconciliations }: Pick<Store, 'reconciliations'>,
  metrics: Pick<Metrics, 'watchReconciliations'>,
  log: Logger,
): Promise<ReconciliationWatch> => {
  const latest = new Map<string, ReconciliationRecord>()
  for (const record of await reconciliations.latest()) latest.set(record.provider, record)
  metrics.watchReconciliations(() =>
    [...latest.values()].map(({ provider, atMs, report: { above, totals } }) => ({ provider, atMs, above, totals })),
  )
  return {
    notice: async (id) => {
      const record = await reconciliations.find(id)
      if (!record) return
      const { provider, report } = record
      latest.set(provider, record)
      if (report.above === 0) return
      const { since, until, above } = report
      log.warn({ reconciliation: id, provider, since, until, above }, 'our receipts differ from what the provider says')
    },
  }
}
