import { useMemo } from 'react'
import { useFilters } from '../../app/navigate.ts'
import { fieldOfTime } from '../../format/times.ts'
import { rangeOf } from '../../ui/filters.tsx'
import { type Interval, intervalFor, lastOf, mayBeHours, type Times, wholeOf } from './series.ts'

const NAMES = ['range', 'interval', 'by', 'model', 'key', 'project'] as const
export type UsageFilters = Readonly<Record<(typeof NAMES)[number], string>>

export const BY = ['model', 'key', 'project'] as const
export type By = (typeof BY)[number]

const RANGE_DEFAULT = '7d'

/** Ranges in whole hours or days of UTC, as usage is counted: seven days are today and the six before. */
const RANGES: Readonly<Record<string, readonly [interval: Interval, count: number]>> = {
  '1h': ['hour', 1],
  '24h': ['hour', 24],
  '7d': ['day', 7],
  '30d': ['day', 30],
  '90d': ['day', 90],
}

interface Chosen extends Times {
  /** It goes on: until now. */
  readonly isOpen: boolean
}

const timesOf = (range: string, nowMs: number): Chosen => {
  const known = RANGES[range]
  if (known) return { ...lastOf(...known, nowMs), isOpen: true }
  const { since, until } = rangeOf(range, nowMs)
  const untilMs = until === '' ? nowMs : Date.parse(until)
  return {
    ...(since === '' ? lastOf('day', 7, untilMs) : { sinceMs: Date.parse(since), untilMs }),
    isOpen: until === '',
  }
}

/** The filters of the address, and what they ask of the API. */
export const useUsageFilters = () => {
  const [filters, change] = useFilters(NAMES)
  const range = filters.range || RANGE_DEFAULT
  const chosen = useMemo(() => timesOf(range, Date.now()), [range])
  const hasHours = mayBeHours(chosen.sinceMs, chosen.untilMs)
  const wanted = (['hour', 'day'] as const).find((one) => one === filters.interval && (one === 'day' || hasHours))
  const interval: Interval = wanted ?? intervalFor(chosen.sinceMs, chosen.untilMs)
  const by: By = BY.find((one) => one === filters.by) ?? 'model'
  const times = useMemo(() => ({ ...wholeOf(interval, chosen), isOpen: chosen.isOpen }), [interval, chosen])
  const [since, until] = [times.sinceMs, times.untilMs].map((atMs) => new Date(atMs).toISOString())
  const query = {
    interval,
    since: since ?? '',
    until: until ?? '',
    model: filters.model,
    key_id: filters.key,
    project_id: filters.project,
  }
  const isNarrowed = NAMES.some((name) => filters[name] !== '')
  const clear = (): void => change(Object.fromEntries(NAMES.map((name) => [name, ''])))
  return {
    filters: { ...filters, range, interval, by },
    change,
    query,
    times,
    /** The same stretch of time, as the log of requests takes it. */
    logged: `${fieldOfTime(query.since)},${times.isOpen ? '' : fieldOfTime(query.until)}`,
    interval,
    by,
    hasHours,
    isNarrowed,
    clear,
  }
}
