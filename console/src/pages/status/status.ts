import type { Tone } from '../../ui/badge.tsx'

export interface Uptime {
  /** From 0 to 1; `null`: nothing was asked. */
  readonly today: number | null
  readonly last_30_days: number | null
}

export interface ModelStatus {
  readonly id: string
  readonly status: 'available' | 'degraded' | 'unavailable'
  readonly since: string | null
  readonly uptime: Uptime
}

export interface Day {
  readonly day: string
  readonly uptime: number | null
}

/** What `GET /api/status` says. */
export interface Status {
  readonly status: 'operational' | 'degraded' | 'down'
  readonly at: string
  readonly models: readonly ModelStatus[]
  readonly uptime: Uptime & { readonly days: readonly Day[] }
}

export const TONES: Readonly<Record<Status['status'] | ModelStatus['status'], Tone>> = {
  operational: 'good',
  available: 'good',
  degraded: 'warn',
  down: 'danger',
  unavailable: 'danger',
}

/** How a day was: in a word, for those who see no colour. */
export type DayWord = 'none' | 'good' | 'fair' | 'poor'

export const wordOf = (uptime: number | null): DayWord => {
  if (uptime === null) return 'none'
  if (uptime >= 0.999) return 'good'
  return uptime >= 0.98 ? 'fair' : 'poor'
}
