import type { Logger } from 'pino'
import type { Sight } from '../alerts/evaluate.ts'
import type { TellDeps } from '../alerts/tell.ts'
import { createAlertWatch } from '../alerts/watch.ts'
import type { Config } from '../config/load.ts'
import { dayOf } from '../counters/daily.ts'
import type { Health } from '../routing/health.ts'
import { channelSubject, keySubject } from '../routing/subjects.ts'
import type { Channel } from '../routing/types.ts'
import type { Books } from './books.ts'
import { type Repeated, repeat } from './repeat.ts'
import type { Replica } from './replica.ts'

export interface AlertParts {
  readonly config: Pick<Config, 'alerts'>
  readonly books: Pick<Books, 'store' | 'ledger'>
  readonly replica: Replica
  readonly health: Pick<Health, 'standingOf' | 'blockOf'>
  /** Of the configuration in use. */
  readonly channels: () => readonly Channel[]
  readonly sendMail?: TellDeps['sendMail']
  readonly log: Logger
  readonly nowMs?: () => number
}

const LEASE = 'alerts'
/** Beyond three turns and a webhook that does not answer; a turn that takes longer renews it on the way. */
const LEASE_SPARE_MS = 60_000

/** How messages are sent from here. */
export const tellingOf = ({
  config,
  sendMail,
  nowMs = Date.now,
}: Pick<AlertParts, 'config' | 'sendMail' | 'nowMs'>) => ({
  timeoutMs: config.alerts.timeoutMs,
  privateAddresses: config.alerts.privateAddresses,
  sendMail,
  nowMs,
})

/** Looks at the rules of alerts until it is stopped, as long as no other replica does. */
export const startAlerts = (parts: AlertParts): Repeated => {
  const { config, books, replica, log, nowMs = Date.now } = parts
  const { everyMs, timeoutMs, events } = config.alerts
  const { replicas, alerts } = books.store
  const renew = (): Promise<boolean> =>
    replicas.lease(LEASE, replica.id, nowMs() + 3 * everyMs + timeoutMs + LEASE_SPARE_MS)
  const watch = createAlertWatch({
    ...tellingOf(parts),
    renew,
    store: alerts,
    sight: sightOf(parts),
    eventsMax: events,
    onFailure: ({ id, name }, error) =>
      log.warn({ err: error, rule: id, name }, 'a rule of alerts cannot be looked at'),
  })
  const turn = async (): Promise<void> => {
    if (await renew()) await watch.turn()
  }
  const turning = repeat(turn, everyMs, (error) => log.error({ err: error }, 'alerts cannot be looked after'))
  return {
    stop: async () => {
      await turning.stop()
      await replicas.release(LEASE, replica.id).catch((error: unknown) => {
        log.debug({ err: error }, 'another replica looks after alerts a little later')
      })
    },
  }
}

const sightOf = ({ config, books, health, channels, nowMs = Date.now }: AlertParts): Sight => {
  const { store, ledger } = books
  return {
    pauses: store.pauses.open,
    unhealthy: () => unhealthy(health, channels()),
    outcomes: (filter) => store.overview.outcomes(filter, OUTCOMES_MAX),
    available: async (userId) => {
      const balance = await ledger.balance(userId)
      if (balance.ok) return balance.value.available
      if (balance.error.kind === 'not-found') return undefined
      throw new Error(balance.error.message)
    },
    spent: async (filter) => {
      const [sums] = await store.counters.usage({ ...filter, until: dayOf(nowMs()) }, [], 1)
      return { charged: sums?.costNanoUsd ?? 0n, providerCost: sums?.providerCostNanoUsd ?? 0n }
    },
    ledgerFaults: onceIn(config.alerts.ledgerEveryMs, nowMs, async () => (await ledger.check()).faults),
  }
}

/** Receipts of a window that are looked at: the newest. */
const OUTCOMES_MAX = 100_000

/** The answer of before, until it is so old. */
const onceIn = <T>(everyMs: number, nowMs: () => number, ask: () => Promise<T>): (() => Promise<T>) => {
  let known: { readonly atMs: number; readonly answer: T } | undefined
  return async () => {
    if (!known || nowMs() - known.atMs >= everyMs) known = { atMs: nowMs(), answer: await ask() }
    return known.answer
  }
}

/** Providers of which nothing can be asked: every key is left alone, or every channel. */
export const unhealthy = (
  health: Pick<Health, 'standingOf' | 'blockOf'>,
  channels: readonly Channel[],
): readonly { readonly provider: string; readonly reason: string }[] => {
  const reasonOf = (what: string, subjects: readonly string[]): string | undefined => {
    // Until one is found well it is not: also while it may be tried again.
    if (subjects.length === 0 || subjects.some((subject) => health.standingOf(subject) === 'ready')) return undefined
    const reasons = new Set(subjects.map((subject) => health.blockOf(subject)?.reason ?? 'unknown'))
    return `every ${what} is left alone (${[...reasons].join(', ')})`
  }
  return [...Map.groupBy(channels, ({ provider }) => provider.id)].flatMap(([provider, own]) => {
    const keys = own[0]?.provider.keys.map((key) => keySubject(provider, key.id)) ?? []
    const ways = own.map(({ id }) => channelSubject(id))
    const reason = reasonOf('key', keys) ?? reasonOf('channel', ways)
    return reason === undefined ? [] : [{ provider, reason }]
  })
}
