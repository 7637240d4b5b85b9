import { type Units, type Usage, inputTotal, UNIT_NAMES } from '../canon/usage.ts'
import type { AnswerFormat, Reading } from './answer-format.ts'
import type { JsonObject } from './json.ts'
import { type KnownTools, learnTools } from './known-tools.ts'
import { storableUsage } from './raw-usage.ts'

/** What is known of one answer so far: an `Observation` in the making. */
export interface Known {
  usage: Usage | undefined
  /** The vendor's own report, small enough to be stored with the receipt. */
  rawUsage: JsonObject | undefined
  /** The tier of service in the vendor's word. */
  serviceTier: string | undefined
  /** What the vendor's own tools used, told or shown beside the usage. */
  tools: Units | undefined
  toolsKnown?: KnownTools
  terminal: boolean
  finished: boolean | undefined
  parts?: { readonly begun: number; readonly open: number }
  over: true | undefined
  contentSeen: boolean
  error: string | undefined
  pieces?: number
  made?: Units
}

export const nothingKnown = (): Known => ({
  usage: undefined,
  rawUsage: undefined,
  serviceTier: undefined,
  tools: undefined,
  terminal: false,
  finished: undefined,
  over: undefined,
  contentSeen: false,
  error: undefined,
})

/** Which of the answers that were asked for have told why they ended. */
export interface Answers {
  readonly asked: number
  readonly ended: Set<number>
}

export const noneEnded = (asked = 1): Answers => ({ asked, ended: new Set() })

/** Adds what one reading says to what is known. */
export const learn = (format: AnswerFormat, known: Known, reading: Reading, answers = noneEnded()): void => {
  if (reading.usage) {
    learnUsage(format, known, reading.usage, reading.begins === true)
    const earlier = reading.begins || !format.mergeUsage ? undefined : known.rawUsage
    known.serviceTier = tierIn(withEarlier(reading.usage, earlier)) ?? known.serviceTier
  }
  if (reading.tools || reading.seen) learnTools(known, reading)
  known.usage = withTools(known)
  if (reading.serviceTier !== undefined) known.serviceTier = wordOf(reading.serviceTier) ?? known.serviceTier
  if (reading.ended || reading.resumed) learnEnds(known, reading, answers)
  // A usage without an answer comes after all of them: there are fewer than were asked for.
  if (reading.terminal || (reading.usageOnly && answers.ended.size > 0)) known.terminal = true
  if (reading.finished) known.finished = true
  if (reading.part) learnPart(known, reading.part)
  if (reading.over) known.over = true
  if (reading.content) known.contentSeen = true
  known.error ??= reading.error
  if (reading.pieces) known.pieces = (known.pieces ?? 0) + reading.pieces
  if (reading.made) known.made = added(known.made, reading.made)
}

const added = (before: Units = {}, now: Units): Units =>
  Object.fromEntries(
    UNIT_NAMES.flatMap((name) => {
      const sum = (before[name] ?? 0) + (now[name] ?? 0)
      return sum > 0 ? [[name, sum] as const] : []
    }),
  )

/** The stream is whole when every answer has ended, and no longer when one goes on. */
const learnEnds = (known: Known, { ended = [], resumed = [] }: Reading, answers: Answers): void => {
  for (const index of ended) answers.ended.add(index)
  for (const index of resumed) answers.ended.delete(index)
  const allEnded = answers.ended.size >= answers.asked
  if (ended.length > 0 && allEnded) known.terminal = true
  else if (resumed.length > 0 && !allEnded && !known.over) known.terminal = false
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

/** A usage that says nothing of the vendor's tools has what was told or shown beside it. */
const withTools = ({ usage, tools }: Known): Usage | undefined =>
  usage === undefined || tools === undefined ? usage : { ...usage, units: { ...usage.units, ...tools } }

/** Several parts may be open at once; one that ends without having begun had begun unseen. */
const learnPart = (known: Known, part: 'begins' | 'ends'): void => {
  const { begun, open } = known.parts ?? { begun: 0, open: 0 }
  if (part === 'begins') known.parts = { begun: begun + 1, open: open + 1 }
  else known.parts = { begun: open === 0 ? begun + 1 : begun, open: Math.max(0, open - 1) }
}

/** What this report says, and of what it leaves open what an earlier one said: Anthropic tells a tier when it begins. */
const withEarlier = (now: JsonObject, earlier: JsonObject | undefined): JsonObject => {
  if (!earlier) return now
  return { ...earlier, ...Object.fromEntries(Object.entries(now).filter(([, value]) => value !== null)) }
}

/**
 * The tier where the vendor writes it into its usage: Anthropic (whose fast mode is a speed), Gemini, Vertex. Anthropic
 * asks more, in every tier, for what is kept to the United States: those are tiers of their own here, as `fast_us` is.
 */
const tierIn = (usage: JsonObject): string | undefined => {
  const tier = usage.speed === 'fast' ? 'fast' : wordOf(usage.service_tier ?? usage.serviceTier ?? usage.trafficType)
  if (usage.inference_geo !== 'us') return tier
  return tier === undefined || tier === 'standard' ? 'us' : `${tier}_us`
}
