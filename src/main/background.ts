import type { Logger } from 'pino'
import type { Authenticator } from '../keys/authenticate.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Administered } from './administered.ts'
import type { Books } from './books.ts'
import { startFeeder } from './feeder.ts'
import { cachesOf, startPropagation } from './propagation.ts'
import { watchReconciliations } from './reconciliations.ts'
import { type Reload, reloadQuietly } from './reload.ts'
import type { Repeated } from './repeat.ts'
import { startKeptSweeper, startSweeper } from './sweeper.ts'

export interface BackgroundParts {
  readonly books: Books
  /** The one in use. */
  readonly authenticator: () => Authenticator
  readonly reload: Reload
  readonly administered: Administered
  readonly metrics: Metrics
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
    onReconciliation: reconciliations.notice,
  })
  const propagation = await startPropagation(store, caches, log)
  await Promise.all([administered.readPrices(), administered.readPauses()])
  const feeder = startFeeder(store, log)
  const sweepers = [startSweeper(ledger, log), startKeptSweeper(store, log)]
  return {
    stop: async () => {
      for (const sweeper of sweepers) sweeper.stop()
      await Promise.all([propagation.stop(), feeder.stop()])
    },
  }
}
