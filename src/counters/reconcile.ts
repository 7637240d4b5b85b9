import { nanoUsd, type NanoUsd } from '../units.ts'
import { type Bill, type BillLine, type TokenMeasure, TOKEN_MEASURES } from './bill.ts'
import { type Daily, DAY_MS } from './daily.ts'
import { toNanoUsd } from './decimal.ts'

export const MEASURES = [...TOKEN_MEASURES, 'cost'] as const
export type Measure = (typeof MEASURES)[number]

/** A drift is told when it is above both: some of little, and little of much, is nothing. */
export interface Thresholds {
  /** Of what the provider says, in millionths: 10_000 is one per cent. */
  readonly partsPerMillion: bigint
  readonly tokens: bigint
  readonly cost: NanoUsd
}

export const THRESHOLDS: Thresholds = { partsPerMillion: 10_000n, tokens: 1_000n, cost: nanoUsd(10_000_000n) }

/** What both sides say. Tokens, or nano-dollars where the measure is `cost`. */
export interface Drift {
  readonly measure: Measure
  readonly theirs: bigint
  readonly ours: bigint
  /** Ours less theirs: below zero, they bill for something that we know nothing of. */
  readonly difference: bigint
  /** The difference in millionths of theirs; `null` where theirs is nothing and ours is not. */
  readonly partsPerMillion: bigint | null
  readonly isAbove: boolean
}

export interface ReconciliationRow {
  readonly day: string
  /** As our receipts call it, or as they do where we have none of the name; `null`: not of one model. */
  readonly model: string | null
  readonly drifts: readonly Drift[]
}

export interface ReconciliationReport {
  readonly provider: string
  readonly format: string
  /** The first and the last day that were compared. */
  readonly since: string
  readonly until: string
  readonly rows: readonly ReconciliationRow[]
  /** Over all rows. */
  readonly totals: readonly Drift[]
  /** How many drifts of rows are above the thresholds. */
  readonly above: number
  /** Requests among ours whose cost at the provider nobody knows. */
  readonly unpriced: number
}

export interface ReconcileOptions {
  readonly provider: string
  readonly thresholds: Thresholds
  /** Narrows the days that are compared: the last day of an export often is not over. */
  readonly since?: string | undefined
  readonly until?: string | undefined
  /** What we call what they call so, where the names are too different to be matched. */
  readonly models?: ReadonlyMap<string, string> | undefined
}

/** What is known of one day and model on both sides. */
interface Pair {
  readonly day: string
  readonly model: string | null
  theirs: BillLine[]
  ours: Daily[]
}

/** The first and the last day to compare. */
export interface Span {
  readonly since: string
  readonly until: string
}

/** A year and a month: a longer bill has a wrong date in it, or is compared in parts. */
export const DAYS_MAX = 400

/**
 * From the first day a bill is about to the last, as far as they are asked for: what our counters have to be looked up
 * for. `too-long`: above `DAYS_MAX`. `undefined`: no day is left.
 */
export const spanOf = (
  bill: Bill,
  { since, until }: Pick<ReconcileOptions, 'since' | 'until'>,
): Span | 'too-long' | undefined => {
  const [first, last] = [bill.days[0], bill.days.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const span = {
    since: since !== undefined && since > first ? since : first,
    until: until !== undefined && until < last ? until : last,
  }
  if (span.since > span.until) return undefined
  const days = (Date.parse(span.until) - Date.parse(span.since)) / DAY_MS + 1
  return days > DAYS_MAX ? 'too-long' : span
}

/**
 * Compares what a provider says with what our receipts say, by day and model, in a span (`spanOf`). `ours`: counters by
 * day and model of this provider. A model that only one side knows is a row too.
 */
export const reconcile = (
  bill: Bill,
  ours: readonly Daily[],
  span: Span,
  options: ReconcileOptions,
): ReconciliationReport => {
  const pairs = pairUp(bill, ours, span, options.models ?? new Map())
  const measures = MEASURES.filter((measure) => (measure === 'cost' ? bill.hasCost : bill.measures.includes(measure)))
  const drifts = (theirs: readonly BillLine[], own: readonly Daily[]): readonly Drift[] =>
    measures.map((measure) => compare(measure, theirs, own, options.thresholds))
  const rows = pairs.map((pair) => ({ day: pair.day, model: pair.model, drifts: drifts(pair.theirs, pair.ours) }))
  const counted = pairs.flatMap((pair) => pair.ours)
  return {
    provider: options.provider,
    format: bill.format,
    ...span,
    rows,
    totals: drifts(
      pairs.flatMap((pair) => pair.theirs),
      counted,
    ),
    above: rows.flatMap((row) => row.drifts).filter(({ isAbove }) => isAbove).length,
    unpriced: Number(counted.reduce((sum, { unpriced }) => sum + unpriced, 0n)),
  }
}

const pairUp = (
  bill: Bill,
  ours: readonly Daily[],
  { since, until }: Span,
  names: ReadonlyMap<string, string>,
): readonly Pair[] => {
  const pairs = new Map<string, Pair>()
  const pairOf = (day: string, model: string | null): Pair => {
    const name = `${day} ${model === null ? '' : `=${comparable(model)}`}`
    const pair = pairs.get(name) ?? { day, model, theirs: [], ours: [] }
    pairs.set(name, pair)
    return pair
  }
  const isCompared = ({ day }: { readonly day: string }): boolean => day >= since && day <= until
  // Where nothing they say is of a model, all of ours stand against it.
  const isByModel = bill.lines.some(({ model }) => model !== null)
  for (const row of ours) if (isCompared(row)) pairOf(row.day, isByModel ? row.model : null).ours.push(row)
  for (const line of bill.lines) {
    if (!isCompared(line)) continue
    const model = line.model === null ? null : (names.get(line.model) ?? line.model)
    pairOf(line.day, model).theirs.push(line)
  }
  return [...pairs.values()].sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
}

const placeOf = ({ day, model }: Pair): string => `${day} ${model ?? ''}`

/** `Claude Sonnet 4.5`, `claude-sonnet-4-5` and `claude-sonnet-4-5-20250929` are one model under three names. */
export const comparable = (model: string): string =>
  model
    .trim()
    .toLowerCase()
    .replace(/[\s._]+/g, '-')
    .replace(/-(?:latest|\d{8}|\d{4}-\d{2}-\d{2})$/, '')

const compare = (
  measure: Measure,
  lines: readonly BillLine[],
  rows: readonly Daily[],
  thresholds: Thresholds,
): Drift => {
  const theirs =
    measure === 'cost'
      ? toNanoUsd(lines.reduce((sum, { cost }) => sum + (cost ?? 0n), 0n))
      : lines.reduce((sum, { tokens }) => sum + (tokens[measure] ?? 0n), 0n)
  const ours = rows.reduce((sum, row) => sum + OURS[measure](row), 0n)
  const difference = ours - theirs
  const magnitude = difference < 0n ? -difference : difference
  const partsPerMillion = theirs === 0n ? (difference === 0n ? 0n : null) : (difference * 1_000_000n) / theirs
  const share = partsPerMillion !== null && partsPerMillion < 0n ? -partsPerMillion : partsPerMillion
  const isAbove =
    magnitude > (measure === 'cost' ? thresholds.cost : thresholds.tokens) &&
    (share === null || share > thresholds.partsPerMillion)
  return { measure, theirs, ours, difference, partsPerMillion, isAbove }
}

const OURS: Readonly<Record<TokenMeasure | 'cost', (row: Daily) => bigint>> = {
  input: (row) => row.input + row.inputAudio,
  cache_read: (row) => row.cacheRead,
  cache_write_5m: (row) => row.cacheWrite5m,
  cache_write_1h: (row) => row.cacheWrite1h,
  cache_write: (row) => row.cacheWrite5m + row.cacheWrite1h,
  output: (row) => row.output + row.outputAudio,
  cost: (row) => row.providerCostNanoUsd,
}
