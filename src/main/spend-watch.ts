import type { Logger } from 'pino'
import type { Config, ProviderConfig } from '../config/load.ts'
import { DAY_MS, dayAfter, dayOf } from '../counters/daily.ts'
import {
  type ReachedStop,
  reachedStops,
  type SpendStop,
  type Spending,
  spentBy,
  type SpentBy,
  windowStart,
} from '../counters/spend-stop.ts'
import type { ProviderDayCost, Store } from '../db/types.ts'
import type { Health } from '../routing/health.ts'
import { keySubject } from '../routing/subjects.ts'
import { formatUsd, nanoUsd, ZERO_USD } from '../units.ts'

export interface SpendWatchParts {
  readonly store: Pick<Store, 'providerUsage' | 'spendStops' | 'pauses'>
  readonly providers: () => Config['providers']
  readonly health: Health
  readonly isPaused: (provider: string) => boolean
  /** Takes notice of a pause, here. */
  readonly readPauses: () => Promise<void>
  readonly log: Logger
  readonly nowMs?: () => number
}

/** Pauses providers and leaves keys alone that have cost what they may. */
export interface SpendWatch {
  /** To be called again and again. Throws `DatabaseError`; the next time makes up for it. */
  check(): Promise<void>
  /** What a provider, or one of its keys, has cost, as far as it is counted. */
  spending(): Promise<SpendingOf>
  /** Lets a key go on until it has cost as much again. */
  resume(provider: string, key: string, by: string): Promise<void>
}

export type SpendingOf = (provider: string, key?: string) => Spending

/** Who stopped it, as pauses and health say. */
export const SPEND_STOP = 'spend-stop'
/** Days that are over change only by requests that ended late. */
const PAST_EVERY_MS = 60_000

export const openSpendWatch = (parts: SpendWatchParts): SpendWatch => {
  const { store, health, log, nowMs = Date.now } = parts
  const readCosts = createCosts(store.providerUsage, nowMs)
  const resumesAt = async (atMs: number) => {
    const found = await store.spendStops.resumed(Date.parse(windowStart('month', atMs)))
    const byName = new Map(found.map((one) => [nameOf(one.provider, one.providerKey), one.spent]))
    return (provider: string, key = ''): SpentBy | undefined => byName.get(nameOf(provider, key))
  }
  const pause = async (provider: string, reached: readonly ReachedStop[]): Promise<void> => {
    const reason = reached.map(wordsOf).join('; ')
    await store.pauses.pause(provider, { by: SPEND_STOP, reason, spent: spentBy(reached) })
    await parts.readPauses()
    log.warn({ provider, reason }, 'a provider is paused by its spend stop until an administrator resumes it')
  }

  return {
    async check() {
      const providers = parts.providers()
      const untilMs = new Map<string, number>()
      if (hasStops(providers)) {
        const atMs = nowMs()
        const [spending, resumed] = await Promise.all([readCosts(), resumesAt(atMs)])
        for (const [id, provider] of providers) {
          const reached = reachedStops(provider.spendStop, spending(id), resumed(id), atMs)
          if (reached.length > 0 && !parts.isPaused(id)) await pause(id, reached)
          for (const [key, stop] of keysOf(provider)) {
            const stops = reachedStops(stop, spending(id, key), resumed(id, key), atMs)
            if (stops.length > 0) untilMs.set(keySubject(id, key), Math.max(...stops.map((each) => each.untilMs)))
          }
        }
      }
      if (untilMs.size > 0 || !health.untroubled) blockKeys(health, providers, untilMs)
    },
    spending: readCosts,
    async resume(provider, key, by) {
      const stop = stopsOf(parts.providers().get(provider), key)
      if (!stop) return
      const [spending, resumed] = await Promise.all([readCosts(), resumesAt(nowMs())])
      const reached = reachedStops(stop, spending(provider, key), resumed(provider, key), nowMs())
      if (reached.length > 0) await store.spendStops.resume(provider, key, spentBy(reached), by)
    },
  }
}

/** Every replica finds the same by itself, so that nobody has to be told. */
const blockKeys = (health: Health, providers: Config['providers'], untilMs: ReadonlyMap<string, number>): void => {
  for (const [id, provider] of providers)
    for (const [key] of keysOf(provider)) {
      const subject = keySubject(id, key)
      const [block, until] = [health.blockOf(subject), untilMs.get(subject)]
      if (until === undefined) {
        if (block?.kind === 'spent') health.lift(subject)
      } else if (!block || block.untilMs < until || (block.kind === 'spent' && block.untilMs > until + DAY_MS / 24)) {
        health.block(subject, 'spent', SPEND_STOP, until)
      }
    }
}

/** The stops of a provider, or of one of its keys. */
export const stopsOf = (provider: ProviderConfig | undefined, key?: string): SpendStop | undefined =>
  key === undefined ? provider?.spendStop : keysOf(provider).find(([id]) => id === key)?.[1]

/** Keys by the names that receipts and health have for them, each with its stop. */
const keysOf = (provider: { readonly keys: readonly ConfiguredKey[] } | undefined): readonly [string, SpendStop][] =>
  provider?.keys.map((key, index) => [key.id ?? String(index + 1), key]) ?? []

type ConfiguredKey = SpendStop & { readonly id: string | null }

const isStop = ({ dayUsd, monthUsd }: SpendStop): boolean => dayUsd !== null || monthUsd !== null

const hasStops = (providers: Config['providers']): boolean =>
  [...providers.values()].some(({ spendStop, keys }) => isStop(spendStop) || keys.some(isStop))

const nameOf = (provider: string, key: string): string => `${provider}\0${key}`

const wordsOf = ({ window, from, spent, stop }: ReachedStop): string =>
  `spend stop: ${shortUsd(spent)} of ${shortUsd(stop)} USD in the ${window} ${window === 'day' ? from : from.slice(0, 7)} (UTC)`

const shortUsd = (amount: bigint): string => formatUsd(amount).replace(/0{1,7}$/, '')

const NOTHING: Spending = { day: ZERO_USD, month: ZERO_USD }

/** Reads what has been spent in the windows of this moment; of days long over, only now and then. */
const createCosts = (usage: Store['providerUsage'], nowMs: () => number): (() => Promise<SpendingOf>) => {
  let past: { readonly of: string; readonly atMs: number; readonly costs: readonly ProviderDayCost[] } | undefined
  const pastOf = async (since: string, until: string): Promise<readonly ProviderDayCost[]> => {
    if (until < since) return []
    const of = `${since} ${until}`
    if (past?.of === of && nowMs() - past.atMs < PAST_EVERY_MS && nowMs() >= past.atMs) return past.costs
    past = { of, atMs: nowMs(), costs: await usage.costs(since, until) }
    return past.costs
  }
  return async () => {
    const today = dayOf(nowMs())
    const since = windowStart('month', nowMs())
    // The later of the two; days are written so that they sort.
    const recent = [since, dayAfter(today, -1)].toSorted()[1] ?? since
    const costs = [...(await pastOf(since, dayAfter(recent, -1))), ...(await usage.costs(recent, today))]
    const sums = new Map<string, Spending>()
    const add = (name: string, cost: bigint, isToday: boolean): void => {
      const { day, month } = sums.get(name) ?? NOTHING
      sums.set(name, { day: isToday ? nanoUsd(day + cost) : day, month: nanoUsd(month + cost) })
    }
    for (const { provider, providerKey, day, cost } of costs) {
      add(nameOf(provider, ''), cost, day === today)
      if (providerKey !== '') add(nameOf(provider, providerKey), cost, day === today)
    }
    return (provider, key = '') => sums.get(nameOf(provider, key)) ?? NOTHING
  }
}
