import type { AttoUsd } from './decimal.ts'

/**
 * What bills and receipts are compared by. Vendors do not tell audio from text alike, so tokens are those of both; some
 * tell cache writes by how long they last, some do not.
 */
export const TOKEN_MEASURES = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write',
  'output',
] as const
export type TokenMeasure = (typeof TOKEN_MEASURES)[number]

/** One line of what a provider says was used or is owed. */
export interface BillLine {
  /** In UTC: `2026-11-21`. */
  readonly day: string
  /** As the provider calls it; `null` where the line is for all models, or for none. */
  readonly model: string | null
  readonly tokens: Readonly<Partial<Record<TokenMeasure, bigint>>>
  readonly cost?: AttoUsd
}

export interface Bill {
  /** Which export it was read as. */
  readonly format: string
  readonly lines: readonly BillLine[]
  /** Days the export is about, those without any use among them. */
  readonly days: readonly string[]
  /** What it says anything about: for the rest, nothing can be compared. */
  readonly measures: readonly TokenMeasure[]
  readonly hasCost: boolean
}

/** Puts lines together to a bill; `days`: also those of empty lines. */
export const makeBill = (format: string, lines: readonly BillLine[], days: Iterable<string> = []): Bill => ({
  format,
  lines,
  days: [...new Set([...days, ...lines.map(({ day }) => day)])].sort(),
  measures: TOKEN_MEASURES.filter((measure) => lines.some(({ tokens }) => tokens[measure] !== undefined)),
  hasCost: lines.some(({ cost }) => cost !== undefined),
})
