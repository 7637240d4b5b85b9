import type { Logger } from 'pino'
import type { Metrics } from '../metrics/metrics.ts'
import type { Books } from './books.ts'
import { startFeeder } from './feeder.ts'
import type { Identity } from './identity.ts'
import { keyCaches, startPropagation } from './propagation.ts'
import { watchReconciliations } from './reconciliations.ts'
import type { Repeated } from './repeat.ts'
import { startKeptSweeper, startSweeper } from './sweeper.ts'

export interface BackgroundParts {
  readonly books: Books
  readonly identity: Identity
  readonly metrics: Metrics
  readonly log: Logger
}

/** Starts what goes on beside the requests. Resolves when it knows of every change from then on: before one is taken. */
export const startBackground = async ({ books, identity, metrics, log }: BackgroundParts): Promise<Repeated> => {
  const { store, ledger } = books
  const reconciliations = await watchReconciliations(store, metrics, log)
  const propagation = await startPropagation(store, keyCaches(identity.authenticator, reconciliations.notice), log)
  const feeder = startFeeder(store, log)
  const sweepers = [startSweeper(ledger, log), startKeptSweeper(store, log)]
  return {
    stop: async () => {
      for (const sweeper of sweepers) sweeper.stop()
      await Promise.all([propagation.stop(), feeder.stop()])
    },
  }
}
