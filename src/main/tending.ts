import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import type { Channel } from '../routing/types.ts'
import { createCheck } from '../upstream/check.ts'
import { createAuthorizer } from '../upstream/credentials.ts'
import type { Administered } from './administered.ts'
import type { Books } from './books.ts'
import { startChecks } from './checks.ts'
import { createChangeLog } from './health-changes.ts'
import { openHealthShare } from './health-share.ts'
import { type Repeated, repeat } from './repeat.ts'
import { type SendParts, sendsOf } from './routing.ts'
import { openSpendWatch, type SpendWatch } from './spend-watch.ts'
import { openSteering, type Steering } from './steering.ts'

/** What goes on about the health of providers beside the requests. */
export interface Tending {
  readonly spend: SpendWatch
  /** Resolves when this replica knows what the others know, or that it cannot for now. */
  begin(): Promise<Repeated>
}

export interface TendingParts extends Omit<SendParts, 'retriesUntouched'> {
  readonly books: Pick<Books, 'store'>
  readonly administered: Pick<Administered, 'isPaused' | 'readPauses'>
  /** Of the configuration in use. */
  readonly providers: () => Config['providers']
  readonly channels: () => readonly Channel[]
}

/** Half as long as counters take to know of a request, and as much again. */
const SPEND_EVERY_MS = 500

/** Opens what this process learns about providers, and says how that is tended. */
export const openTended = (
  config: Config,
  log: Logger,
): { readonly steering: Steering; readonly tend: (parts: TendingParts) => Tending } => {
  const share = openHealthShare(config, log)
  const tell = createChangeLog(log, config.health.subjects)
  const steering = openSteering(config, (change) => {
    tell(change)
    share.tell(change)
  })
  const { health } = steering
  const tend = ({ books, administered, providers, channels, ...reach }: TendingParts): Tending => {
    const spend = openSpendWatch({ ...administered, store: books.store, providers, health, log })
    const begin = async (): Promise<Repeated> => {
      await share.begin(health)
      const watching = repeat(spend.check, SPEND_EVERY_MS, (error) =>
        log.error({ err: error, part: 'health' }, 'spend stops cannot be looked at just now; it is made up for later'),
      )
      const { checkEveryMs } = config.health
      const sendTo = sendsOf({ ...reach, retriesUntouched: 0 })
      const check = createCheck({ sendTo, authorizer: createAuthorizer({ sendTo, nowMs: Date.now }) })
      const checks =
        checkEveryMs === null
          ? undefined
          : startChecks({ ...administered, health, channels, check, everyMs: checkEveryMs, random: Math.random, log })
      return {
        stop: async () => {
          await Promise.all([watching.stop(), checks?.stop()])
          await share.close()
        },
      }
    }
    return { spend, begin }
  }
  return { steering, tend }
}
