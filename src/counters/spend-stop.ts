import { type NanoUsd, nanoUsd } from '../units.ts'
import { dayOf } from './daily.ts'

/** What a spend stop is set on: a day or a month, in UTC. */
export const SPEND_WINDOWS = ['day', 'month'] as const
export type SpendWindow = (typeof SPEND_WINDOWS)[number]

/** What a provider or one of its keys may cost; `null`: as much as it does. */
export interface SpendStop {
  readonly dayUsd: NanoUsd | null
  readonly monthUsd: NanoUsd | null
}

/** What it has cost so far in the windows of a moment. */
export type Spending = Readonly<Record<SpendWindow, NanoUsd>>

/** What it had cost in some windows, which are told by the day they begin with, when it was stopped or resumed. */
export type SpentBy = Readonly<Partial<Record<SpendWindow, { readonly from: string; readonly spent: NanoUsd }>>>

/** A stop that is reached. */
export interface ReachedStop {
  readonly window: SpendWindow
  /** The first day of the window. */
  readonly from: string
  readonly spent: NanoUsd
  readonly stop: NanoUsd
  /** When the window is over, Unix milliseconds. */
  readonly untilMs: number
}

/** The first day of the window of a moment. */
export const windowStart = (window: SpendWindow, atMs: number): string => {
  const day = dayOf(atMs)
  return window === 'day' ? day : `${day.slice(0, 7)}-01`
}

/** When the window of a moment is over. */
export const windowEndMs = (window: SpendWindow, atMs: number): number => {
  const at = new Date(atMs)
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  return window === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1)
}

/**
 * Which stops are reached. One that was resumed in the same window is reached again when as much as its amount has been
 * spent since: whoever resumes allows that much more.
 */
export const reachedStops = (
  stops: SpendStop,
  spending: Spending,
  allowed: SpentBy | undefined,
  atMs: number,
): readonly ReachedStop[] =>
  SPEND_WINDOWS.flatMap((window) => {
    const stop = window === 'day' ? stops.dayUsd : stops.monthUsd
    if (stop === null) return []
    const from = windowStart(window, atMs)
    const before = allowed?.[window]
    const base = before?.from === from ? before.spent : 0n
    const spent = spending[window]
    return spent >= base + stop ? [{ window, from, spent, stop, untilMs: windowEndMs(window, atMs) }] : []
  })

export const spentBy = (reached: readonly ReachedStop[]): SpentBy =>
  Object.fromEntries(reached.map(({ window, from, spent }) => [window, { from, spent }]))

/** Of two words about each window the one that counts: of the later window, and of one window the larger. */
export const laterOf = (one: SpentBy | undefined, other: SpentBy): SpentBy => {
  const merged: Partial<Record<SpendWindow, { readonly from: string; readonly spent: NanoUsd }>> = { ...one }
  for (const window of SPEND_WINDOWS) {
    const [known, found] = [merged[window], other[window]]
    if (!found) continue
    if (!known || found.from > known.from || (found.from === known.from && found.spent > known.spent))
      merged[window] = found
  }
  return merged
}

/** As JSON, amounts as decimal strings. */
export const writeSpentBy = (spent: SpentBy): string =>
  JSON.stringify(spent, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))

/** Reads what `writeSpentBy` wrote. */
export const readSpentBy = (text: string): SpentBy => {
  const stored = JSON.parse(text) as Partial<Record<SpendWindow, { readonly from: string; readonly spent: string }>>
  return Object.fromEntries(
    SPEND_WINDOWS.flatMap((window) => {
      const one = stored[window]
      return one ? [[window, { from: one.from, spent: nanoUsd(BigInt(one.spent)) }]] : []
    }),
  )
}
