import type { Schema } from '../../api/types.ts'
import { nanoOf } from '../../format/money.ts'

/** A receipt as it is read by itself. The amounts of its lines add up to what was charged. */
export type Receipt = Schema<'SignedReceipt'>

/** One line of the bill: so much of something at a price, times the factors; or an amount alone, such as rounding. */
export type ReceiptLine = Schema<'ReceiptLine'>

type Attempt = Schema<'Attempt'>

/** An attempt on the time line of its request. */
export interface Span {
  readonly attempt: Attempt
  /** From 1. */
  readonly number: number
  readonly startMs: number
  readonly durationMs: number
  /** Nobody wrote down when it began: it is put after the one before it. */
  readonly isGuessed: boolean
}

/** When each attempt began and how long it took. */
export const spansOf = ({
  attempts,
  overhead_ms: overheadMs,
}: Pick<Receipt, 'attempts' | 'overhead_ms'>): readonly Span[] => {
  let endMs = overheadMs
  return attempts.map((attempt, index) => {
    const known = attempt.start_ms
    const startMs = known ?? endMs
    endMs = startMs + attempt.ms
    return { attempt, number: index + 1, startMs, durationMs: attempt.ms, isGuessed: known === null }
  })
}

/** From when the answer began to come to its end: an attempt is over when its answer begins. */
export const deliveryOf = (
  receipt: Pick<Receipt, 'attempts' | 'overhead_ms' | 'latency_ms'>,
): { readonly startMs: number; readonly durationMs: number } | undefined => {
  const last = spansOf(receipt).at(-1)
  if (!last || last.attempt.error !== null) return undefined
  const startMs = last.startMs + last.durationMs
  return receipt.latency_ms > startMs ? { startMs, durationMs: receipt.latency_ms - startMs } : undefined
}

/** Where a span lies, in per cent of the whole; never too narrow to be seen. */
export const placeOf = (startMs: number, durationMs: number, wholeMs: number): { left: string; width: string } => {
  const whole = Math.max(wholeMs, startMs + durationMs, 1)
  const left = Math.min(99, (startMs / whole) * 100)
  return { left: `${left}%`, width: `${Math.min(100 - left, Math.max(1, (durationMs / whole) * 100))}%` }
}

/** Something that was lost on the way: where, and what became of it. */
export interface DeclaredLoss {
  readonly pointer: string
  readonly code: string
}

/** Reads `/top_k;unsupported`. */
export const lossOf = (warning: string): DeclaredLoss => {
  const at = warning.lastIndexOf(';')
  return at < 0 ? { pointer: '', code: warning } : { pointer: warning.slice(0, at), code: warning.slice(at + 1) }
}

/** The factors of a receipt that change something. */
export const factorsOf = ({ multipliers }: Pick<Receipt, 'multipliers'>): readonly (readonly [string, string])[] =>
  Object.entries(multipliers).filter(([name, factor]) => Number(factor) !== (name === 'plan_discount' ? 0 : 1))

/** Whether more was used than could be told before: nobody can know how a provider counts an image, or its own search. */
export const isAboveQuote = ({ quote_usd: quote, cost_usd: cost }: Pick<Receipt, 'quote_usd' | 'cost_usd'>): boolean =>
  (nanoOf(cost) ?? 0n) > (nanoOf(quote) ?? 0n)
