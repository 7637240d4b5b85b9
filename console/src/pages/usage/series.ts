import type { Schema } from '../../api/types.ts'
import { nanoOf, sumOf } from '../../format/money.ts'

/** One interval, of all requests or of those of one model, key or project. */
export type SeriesPoint = Schema<'UsageSeries'>['data'][number]

export type Interval = 'hour' | 'day'

const STEP_MS: Readonly<Record<Interval, number>> = { hour: 3_600_000, day: 86_400_000 }

/** More places than a screen has room for, and than a mistake in a range may ask for. */
const PLACES_MAX = 2_400

/** The beginnings of all intervals from one moment to another, in UTC, with those in which nothing happened. */
export const intervalsOf = (interval: Interval, sinceMs: number, untilMs: number): readonly string[] => {
  const stepMs = STEP_MS[interval]
  const places: string[] = []
  for (let atMs = Math.floor(sinceMs / stepMs) * stepMs; atMs < untilMs && places.length < PLACES_MAX; atMs += stepMs)
    places.push(new Date(atMs).toISOString())
  return places
}

export interface Times {
  readonly sinceMs: number
  readonly untilMs: number
}

/** The whole intervals that a stretch of time touches: what is counted is that of all of them. */
export const wholeOf = (interval: Interval, { sinceMs, untilMs }: Times): Times => {
  const stepMs = STEP_MS[interval]
  return { sinceMs: Math.floor(sinceMs / stepMs) * stepMs, untilMs: Math.ceil(untilMs / stepMs) * stepMs }
}

/** So many whole hours or days of UTC up to now, the one that has begun included. */
export const lastOf = (interval: Interval, count: number, nowMs: number): Times => {
  const stepMs = STEP_MS[interval]
  return { sinceMs: (Math.floor(nowMs / stepMs) - count + 1) * stepMs, untilMs: nowMs }
}

/** Hours reach over eight days, those that are touched included. */
export const mayBeHours = (sinceMs: number, untilMs: number): boolean => {
  const whole = wholeOf('hour', { sinceMs, untilMs })
  return whole.untilMs - whole.sinceMs <= 8 * STEP_MS.day
}

/** What fits a range: hours for a few days, days beyond. */
export const intervalFor = (sinceMs: number, untilMs: number): Interval =>
  untilMs - sinceMs <= 3 * STEP_MS.day ? 'hour' : 'day'

export interface Sums {
  readonly by: string
  readonly requests: number
  readonly errors: number
  readonly input: number
  readonly cache_read: number
  readonly cache_write: number
  readonly output: number
  readonly cost_usd: string
}

const add = (sums: Sums, point: SeriesPoint): Sums => ({
  by: sums.by,
  requests: sums.requests + point.requests,
  errors: sums.errors + point.errors,
  input: sums.input + point.input,
  cache_read: sums.cache_read + point.cache_read,
  cache_write: sums.cache_write + point.cache_write,
  output: sums.output + point.output,
  cost_usd: sumOf([sums.cost_usd, point.cost_usd]),
})

const nothing = (by: string): Sums => ({
  by,
  requests: 0,
  errors: 0,
  input: 0,
  cache_read: 0,
  cache_write: 0,
  output: 0,
  cost_usd: sumOf([]),
})

/** Everything in the range, added up. */
export const totalOf = (points: readonly SeriesPoint[]): Sums => points.reduce(add, nothing(''))

/** Of all input, the share that came from a cache; `undefined` where there was no input. */
export const cacheShareOf = ({ input, cache_read: read, cache_write: written }: Sums): number | undefined => {
  const all = input + read + written
  return all === 0 ? undefined : read / all
}

/** Added up for each model, key or project, the dearest first. */
export const sumsBy = (points: readonly SeriesPoint[]): readonly Sums[] => {
  const sums = new Map<string, Sums>()
  for (const point of points) {
    const by = point.by ?? ''
    sums.set(by, add(sums.get(by) ?? nothing(by), point))
  }
  return [...sums.values()].sort((a, b) => comparedBy(b, a) || b.requests - a.requests || (a.by < b.by ? -1 : 1))
}

const comparedBy = (a: Sums, b: Sums): number => {
  const [left, right] = [nanoOf(a.cost_usd) ?? 0n, nanoOf(b.cost_usd) ?? 0n]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Under this name stand all that have no colour of their own. */
export const OTHERS = '\u0000others'

/** Colours that can be told apart. */
const SERIES_MAX = 6

/** Which get a series of their own: the first ones; the rest are one together. */
export const seriesOf = (sums: readonly Sums[]): readonly string[] => {
  const names = sums.map(({ by }) => by)
  return names.length <= SERIES_MAX ? names : [...names.slice(0, SERIES_MAX - 1), OTHERS]
}

/** What a chart knows a series by: a name may be empty, or hold what a chart reads as a path. */
export const seriesId = (index: number): string => `s${index}`

/** Values of each series at each place, by its `seriesId`; an interval without requests is zero, not unknown. */
export const stackOf = (
  places: readonly string[],
  points: readonly SeriesPoint[],
  series: readonly string[],
  countOf: (point: SeriesPoint) => number,
): readonly { readonly at: string; readonly values: Readonly<Record<string, number>> }[] => {
  const values = new Map(places.map((at) => [at, Object.fromEntries(series.map((_, index) => [seriesId(index), 0]))]))
  for (const point of points) {
    const at = values.get(new Date(point.at).toISOString())
    const by = point.by ?? ''
    const id = seriesId(series.indexOf(series.includes(by) ? by : OTHERS))
    if (at) at[id] = (at[id] ?? 0) + countOf(point)
  }
  return [...values].map(([at, found]) => ({ at, values: found }))
}

/** Values at each place as they were measured; an interval without requests is a gap. */
export const measuresOf = (
  places: readonly string[],
  points: readonly SeriesPoint[],
  valuesOf: (point: SeriesPoint) => Readonly<Record<string, number | null>>,
): readonly { readonly at: string; readonly values: Readonly<Record<string, number | null>> }[] => {
  const known = new Map(points.map((point) => [new Date(point.at).toISOString(), point]))
  return places.map((at) => {
    const point = known.get(at)
    return { at, values: point ? valuesOf(point) : {} }
  })
}
