import { type Bucket, type Usage, NO_USAGE } from '../canon/usage.ts'
import { tokens } from '../units.ts'

/** Far above any model's window, and small enough that sums of counts stay exact. */
const COUNT_MAX = 1e12

/** A token count as reported. `undefined` for anything that is not a whole number from zero up: unknown, never zero. */
export const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= COUNT_MAX ? value : undefined

/** A detail a vendor may leave out: absent or null is none of it, junk is `undefined`. */
export const detail = (value: unknown): number | undefined => (value === undefined || value === null ? 0 : count(value))

/** Reads several details at once; `undefined` when one of them is junk, because then none can be trusted. */
export const details = <Name extends string>(
  source: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): Record<Name, number> | undefined => {
  const found: Partial<Record<Name, number>> = {}
  for (const name of names) {
    const value = detail(source[name])
    if (value === undefined) return undefined
    found[name] = value
  }
  return found as Record<Name, number>
}

/** Buckets as plain numbers, checked once by `usageOf`. */
export type Buckets = { readonly [Name in Bucket]: number }

/** Brands the buckets; a report of nothing at all is no report: every answered request read at least one token. */
export const usageOf = (buckets: Buckets): Usage | undefined => {
  const usage: Usage = {
    input: tokens(buckets.input),
    inputAudio: tokens(buckets.inputAudio),
    cacheRead: tokens(buckets.cacheRead),
    cacheWrite5m: tokens(buckets.cacheWrite5m),
    cacheWrite1h: tokens(buckets.cacheWrite1h),
    output: tokens(buckets.output),
    outputAudio: tokens(buckets.outputAudio),
    reasoning: tokens(buckets.reasoning),
  }
  return Object.keys(NO_USAGE).some((name) => usage[name as Bucket] > 0) ? usage : undefined
}

/** What a vendor says when its input and output totals contain their parts. */
export interface Containing {
  readonly input: number
  readonly output: number
  /** The vendor's own sum, when it gives one: it tells whether a part is inside or beside its total. */
  readonly total: number | undefined
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly inputAudio: number
  readonly outputAudio: number
  readonly reasoning: number
}

/**
 * Moves parts that a vendor reports beside its totals into them, going by its own sum: xAI leaves reasoning out of
 * `completion_tokens`, Mistral leaves audio out of `prompt_tokens`, servers in front of Claude leave out what was read
 * from its cache or written to it, and Gemini's OpenAI surface leaves its thoughts out and does not name them anywhere.
 */
const contain = (said: Containing): Containing => {
  const beside = said.total === undefined ? 0 : said.total - said.input - said.output
  if (beside <= 0) return said
  if (beside === said.reasoning) return { ...said, output: said.output + beside }
  const { cacheRead } = said
  const cached = cacheRead + said.cacheWrite5m + said.cacheWrite1h
  for (const input of [said.inputAudio, cacheRead, cached]) {
    if (beside === input) return { ...said, input: said.input + input }
    if (beside === input + said.reasoning)
      return { ...said, input: said.input + input, output: said.output + said.reasoning }
  }
  if (said.reasoning === 0) return { ...said, output: said.output + beside, reasoning: beside }
  return said
}

/**
 * Splits totals into buckets that do not overlap and add up to them again. A part larger than what is left of its total
 * is cut to it: Azure reports Grok's cached preamble without counting it as prompt, and the total is what is billed.
 */
export const split = (reported: Containing): Usage | undefined => {
  const said = contain(reported)
  let rest = said.input
  const take = (part: number): number => {
    const taken = Math.min(part, rest)
    rest -= taken
    return taken
  }
  const cacheRead = take(said.cacheRead)
  const cacheWrite1h = take(said.cacheWrite1h)
  const cacheWrite5m = take(said.cacheWrite5m)
  const inputAudio = take(said.inputAudio)
  const outputAudio = Math.min(said.outputAudio, said.output)
  const output = said.output - outputAudio
  const reasoning = Math.min(said.reasoning, output)
  return usageOf({ input: rest, inputAudio, cacheRead, cacheWrite5m, cacheWrite1h, output, outputAudio, reasoning })
}
