import { type Usage, inputTotal } from '../canon/usage.ts'
import type { AnswerFormat, Reading } from './answer-format.ts'
import type { JsonObject } from './json.ts'
import { storableUsage } from './raw-usage.ts'

/** What is known of one answer so far: an `Observation` in the making. */
export interface Known {
  usage: Usage | undefined
  /** The vendor's own report, small enough to be stored with the receipt. */
  rawUsage: JsonObject | undefined
  /** The tier of service in the vendor's word. */
  serviceTier: string | undefined
  terminal: boolean
  contentSeen: boolean
  error: string | undefined
}

export const nothingKnown = (): Known => ({
  usage: undefined,
  rawUsage: undefined,
  serviceTier: undefined,
  terminal: false,
  contentSeen: false,
  error: undefined,
})

/** Adds what one reading says to what is known. */
export const learn = (format: AnswerFormat, known: Known, reading: Reading): void => {
  if (reading.usage) {
    learnUsage(format, known, reading.usage, reading.begins === true)
    known.serviceTier = tierIn(reading.usage) ?? known.serviceTier
  }
  if (reading.serviceTier !== undefined) known.serviceTier = wordOf(reading.serviceTier) ?? known.serviceTier
  if (reading.terminal) known.terminal = true
  if (reading.content) known.contentSeen = true
  known.error ??= reading.error
}

/**
 * The rule for several reports of one answer: they are cumulative, so the newest stands, unless it takes back what was
 * told without telling anything more: a server that closes its stream with a usage of zeros has not served for nothing.
 * One side alone may go down: Gemini corrects its input while its output grows. A report that cannot be read does not
 * undo one that could, and a message that begins anew is counted anew. (A format whose report is spread over events applies the same to its parts, in `mergeUsage`.)
 */
const learnUsage = (format: AnswerFormat, known: Known, told: JsonObject, begins: boolean): void => {
  const merged = known.rawUsage && format.mergeUsage && !begins ? format.mergeUsage(known.rawUsage, told) : told
  const usage = format.readUsage(merged)
  if (known.usage && (!usage || (!begins && isLess(usage, known.usage)))) return
  known.usage = usage
  known.rawUsage = storableUsage(merged)
}

const outputTotal = (usage: Usage): number => usage.output + usage.outputAudio

/** Less on one side at least, and more on neither. */
const isLess = (now: Usage, before: Usage): boolean => {
  const input = inputTotal(now) - inputTotal(before)
  const output = outputTotal(now) - outputTotal(before)
  return input <= 0 && output <= 0 && input + output < 0
}

/** Longer than any vendor's word for a tier; receipts keep it. */
const WORD = /^\w{1,40}$/
const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && WORD.test(value) ? value : undefined

/** The tier where the vendor writes it into its usage: Anthropic (whose fast mode is a speed), Gemini, Vertex. */
const tierIn = (usage: JsonObject): string | undefined =>
  usage.speed === 'fast' ? 'fast' : wordOf(usage.service_tier ?? usage.serviceTier ?? usage.trafficType)
