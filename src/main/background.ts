import type { Logger } from 'pino'
import type { Watch } from '../batches/watch.ts'
import type { Authenticator } from '../keys/authenticate.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Administered } from './administered.ts'
import { type AlertParts, startAlerts } from './alerts.ts'
import { startBatches } from './batches.ts'
import type { Books } from './books.ts'
import { startFeeder } from './feeder.ts'
import { cachesOf, startPropagation } from './propagation.ts'
import { watchReconciliations } from './reconciliations.ts'
import { type Reload, reloadQuietly } from './reload.ts'
import type { Repeated } from './repeat.ts'
import { startHeartbeat } from './replica.ts'
import { startKeptSweeper, startSweeper } from './sweeper.ts'
import type { Tending } from './tending.ts'

export interface BackgroundParts {
  readonly books: Books
  /** The one in use. */
  readonly authenticator: () => Authenticator
  readonly reload: Reload
  readonly administered: Administered
  /** Takes notice of entries of the configuration that administrators set. */
  readonly readObjects: () => Promise<void>
  readonly tending: Pick<Tending, 'begin'>
  readonly metrics: Metrics
  /** Of the edition in use. */
  readonly watch: () => Pick<Watch, 'look'>
  /** Whether no other process serves the same database. */
  readonly isAlone: boolean
  readonly alerts: Omit<AlertParts, 'books' | 'log'>
  readonly log: Logger
}

/** Starts what goes on beside the requests. Resolves when it knows of every change from then on: before one is taken. */
export const startBackground = async (parts: BackgroundParts): Promise<Repeated> => {
  const { metrics, administered, log } = parts
  const { store, ledger } = parts.books
  const reconciliations = await watchReconciliations(store, metrics, log)
  const caches = cachesOf({
    authenticator: parts.authenticator,
    onConfiguration: () => reloadQuietly(parts.reload, log),
    onPrice: administered.readPrices,
    onPause: administered.readPauses,
    onObject: parts.readObjects,
    onReconciliation: reconciliations.notice,
  })
  const propagation = await startPropagation(store, caches, log)
  await Promise.all([administered.readPrices(), administered.readPauses(), parts.readObjects()])
  const tended = await parts.tending.begin()
  const feeder = startFeeder(store, log)
  const batches = await startBatches(parts.books, parts.watch, parts.isAlone, log)
  const alerts = startAlerts({ ...parts.alerts, books: parts.books, log })
  const heartbeat = startHeartbeat(store, parts.alerts.replica, log)
  const sweepers = [startSweeper(ledger, log), startKeptSweeper(store, log)]
  return {
    stop: async () => {
      for (const sweeper of sweepers) sweeper.stop()
      await Promise.all([
        propagation.stop(),
        feeder.stop(),
        tended.stop(),
        batches.stop(),
        alerts.stop(),
        heartbeat.stop(),
      ])
    },
  }
}
