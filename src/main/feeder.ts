import type { Logger } from 'pino'
import type { Store } from '../db/types.ts'
import { type Repeated, repeat } from './repeat.ts'

const EVERY_MS = 1_000

/** Counts settled receipts into the daily counters, beside the requests and never in their way. */
export const startFeeder = ({ counters }: Pick<Store, 'counters'>, log: Logger): Repeated =>
  repeat(
    () => feedAll(counters),
    EVERY_MS,
    (error) => log.error({ err: error }, 'usage cannot be counted by day just now; it is made up for later'),
  )

/** Counts until nothing is left. Where another process is counting, it is left to that. */
const feedAll = async (counters: Store['counters']): Promise<void> => {
  for (;;) {
    const fed = await counters.feed()
    if (fed === 'busy' || fed === 0) return
  }
}
