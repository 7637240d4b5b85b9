import { dayAfter, dayOf } from '../counters/daily.ts'
import type { ServedDay } from '../db/types.ts'
import type { Model } from '../canon/model.ts'
import { type Availability, availabilityOf, type Circumstances, outSinceMs } from '../routing/availability.ts'
import { servesModel } from '../routing/choose.ts'
import type { Channel } from '../routing/types.ts'

export interface StatusDeps extends Circumstances {
  readonly channels: readonly Channel[]
  readonly models: () => readonly Model[]
  /** The name a model is known by upstream, where its channel has none of its own for it. */
  readonly upstreamNameOf: (model: Model) => string
  /** By day and model, from a day on. */
  readonly served: (since: string) => Promise<readonly ServedDay[]>
  /** Whether what every request needs, be it answered by whomever, can be had. */
  readonly canBill: () => Promise<boolean>
  readonly nowMs: () => number
}

/** What anybody may know: no provider, no channel and no group is named. */
export interface Status {
  readonly status: 'operational' | 'degraded' | 'down'
  readonly at: string
  readonly models: readonly StatusOfModel[]
  readonly uptime: Uptime & { readonly days: readonly { readonly day: string; readonly uptime: number | null }[] }
}

export interface StatusOfModel {
  readonly id: string
  readonly status: Availability['status']
  readonly since: string | null
  readonly uptime: Uptime
}

/** Shares of requests that were answered whole, or failed for what their client sent; `null`: there were none. */
export interface Uptime {
  readonly today: number | null
  readonly last_30_days: number | null
}

/** What a public page is told must not cost more the more often it is asked for. */
const FRESH_MS = 5_000
const COUNTED_FRESH_MS = 60_000
export const STATUS_SECONDS = FRESH_MS / 1_000
const DAYS = 30
const DEFAULT_GROUP = 'default'

/** Tells the status, worked out every few seconds at most. Where a group `default` has channels, it is about that group. */
export const createStatus = (deps: StatusDeps): (() => Promise<Status>) => {
  const served = remembered(() => deps.served(dayAfter(dayOf(deps.nowMs()), 1 - DAYS)), COUNTED_FRESH_MS, deps.nowMs)
  const now = async (): Promise<Status> => {
    if (await deps.canBill()) return statusOf(deps, await served())
    // The books are where the counters are.
    return { ...statusOf(deps, []), status: 'down' }
  }
  return remembered(now, FRESH_MS, deps.nowMs)
}

const statusOf = (deps: StatusDeps, served: readonly ServedDay[]): Status => {
  const today = dayOf(deps.nowMs())
  const days = Array.from({ length: DAYS }, (_, index) => dayAfter(today, index + 1 - DAYS))
  const public_ = channelsForAll(deps.channels)
  const byModel = Map.groupBy(served, ({ model }) => model)
  const models = deps.models().flatMap((model): StatusOfModel[] => {
    const serving = public_.filter((channel) => servesModel(channel, model))
    if (serving.length === 0) return []
    const outs = serving.map((channel) =>
      outSinceMs(deps, channel, channel.modelMap[model.id] ?? deps.upstreamNameOf(model)),
    )
    const { status, sinceMs } = availabilityOf(outs)
    const since = sinceMs === undefined ? null : new Date(sinceMs).toISOString()
    return [{ id: model.id, status, since, uptime: uptimeOf(byModel.get(model.id) ?? [], today) }]
  })
  const shown = new Set(models.map(({ id }) => id))
  const counted = served.filter(({ model }) => shown.has(model))
  return {
    status: overall(models),
    at: new Date(deps.nowMs()).toISOString(),
    models,
    uptime: {
      ...uptimeOf(counted, today),
      days: days.map((day) => ({ day, uptime: ratio(counted.filter((one) => one.day === day)) })),
    },
  }
}

/**
 * Channels whose models everybody is shown: those of group `default`, or of all groups where nothing is in that one. What
 * has no key is not offered: it never worked, so it is no outage.
 */
export const channelsForAll = (channels: readonly Channel[]): readonly Channel[] => {
  const usable = channels.filter(({ provider }) => provider.keys.length > 0)
  const inDefault = usable.filter(({ groups }) => groups.has(DEFAULT_GROUP))
  return inDefault.length > 0 ? inDefault : usable
}

const overall = (models: readonly StatusOfModel[]): Status['status'] => {
  if (models.every(({ status }) => status === 'unavailable')) return 'down'
  return models.every(({ status }) => status === 'available') ? 'operational' : 'degraded'
}

const uptimeOf = (served: readonly ServedDay[], today: string): Uptime => ({
  today: ratio(served.filter(({ day }) => day === today)),
  last_30_days: ratio(served),
})

const ratio = (served: readonly ServedDay[]): number | null => {
  const requests = served.reduce((sum, one) => sum + one.requests, 0)
  const broken = served.reduce((sum, one) => sum + one.broken, 0)
  if (requests === 0) return null
  // A failure among a million is still seen to be one.
  return Math.floor(Math.max(0, 1 - broken / requests) * 1_000_000) / 1_000_000
}

/** One at a time, and the answer for a while after. What fails is tried again by the next who asks. */
const remembered = <T>(make: () => Promise<T>, freshMs: number, nowMs: () => number): (() => Promise<T>) => {
  let made: { readonly atMs: number; readonly value: Promise<T> } | undefined
  return () => {
    const ageMs = made === undefined ? Number.POSITIVE_INFINITY : nowMs() - made.atMs
    if (made && ageMs >= 0 && ageMs < freshMs) return made.value
    const value = make()
    const mine = { atMs: nowMs(), value }
    made = mine
    value.catch(() => {
      if (made === mine) made = undefined
    })
    return value
  }
}
