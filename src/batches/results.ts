import type { JsonObject } from '../canon/codec.ts'
import { NO_USAGE, UNIT_NAMES, type Units, type Usage } from '../canon/usage.ts'
import { estimateUsage } from '../metering/estimate.ts'
import { UPSTREAM_PROTOCOLS } from '../protocols/index.ts'
import { isObject, parseJson } from '../protocols/json.ts'
import { tokens } from '../units.ts'
import type { UpstreamAnswer } from '../upstream/types.ts'
import type { StoreFacts } from './api.ts'
import type { Share } from './share.ts'

/** What answers of one share used that were billed at the same prices. */
export interface Part {
  readonly share: number
  /** A tier that was reported instead of the batch's own; empty: that one. */
  readonly tier: string
  /** Prices for inputs of this size. */
  readonly aboveInputTokens: number
  usage: Usage
  answers: number
  /** Of them those whose usage nobody told. */
  estimated: number
}

/** All of a batch's results, added up. */
export interface Sums {
  readonly parts: ReadonlyMap<string, Part>
  /** Lines, and those among them with an answer. */
  readonly lines: number
  readonly answers: number
}

export interface SummerDeps {
  readonly countTokens: (text: string) => Promise<number>
}

/** Adds up what the results of a batch used, line by line, each at the prices that count for it. */
export const createSummer = (
  { countTokens }: SummerDeps,
  facts: StoreFacts,
  shares: readonly Share[],
  shareOfLine: Readonly<Record<string, number>>,
) => {
  const parts = new Map<string, Part>()
  for (const index of shares.keys()) openPart(parts, index, '', 0)
  let [lines, answers] = [0, 0]
  const add = async (text: string | undefined): Promise<void> => {
    lines += 1
    const line = text === undefined ? undefined : parseJson(text)
    // Too long to be read, or no JSON: an answer all the same, for all anybody knows.
    const read = isObject(line) ? facts.readLine(line) : { id: '', answer: text === undefined ? {} : undefined }
    if (!read.answer) return
    answers += 1
    const index = Object.hasOwn(shareOfLine, read.id) ? (shareOfLine[read.id] ?? 0) : 0
    const share = shares[index] ?? shares[0]
    if (share) await addAnswer(parts, countTokens, shares.indexOf(share), share, read.answer)
  }
  return { add, sums: (): Sums => ({ parts, lines, answers }) }
}

const openPart = (parts: Map<string, Part>, share: number, tier: string, aboveInputTokens: number): Part => {
  const name = `${share} ${tier} ${aboveInputTokens}`
  const known = parts.get(name)
  if (known) return known
  const part = { share, tier, aboveInputTokens, usage: NO_USAGE, answers: 0, estimated: 0 }
  parts.set(name, part)
  return part
}

const addAnswer = async (
  parts: Map<string, Part>,
  countTokens: SummerDeps['countTokens'],
  index: number,
  share: Share,
  answer: JsonObject,
): Promise<void> => {
  const protocol = UPSTREAM_PROTOCOLS[share.heading.upstreamFormat]
  const body = Buffer.from(JSON.stringify(answer))
  const { usage: told, serviceTier = '' } = protocol.readAnswer(body, share.action)
  const size = { textBytes: 0, mediaCount: 0, mediaBytes: 0 }
  const usage = told ?? {
    ...estimateUsage({ ...size, deliveredTokens: await countTokens(protocol.answerText(body)) }),
    input: tokens(share.inputTokens),
  }
  const tier = Object.hasOwn(share.others, serviceTier) ? serviceTier : ''
  const table = share.others[tier] ?? share.table
  const inputTokens = usage.input + usage.inputAudio + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
  const reached = table.tiers.filter((size) => inputTokens > size.aboveInputTokens)
  const above = Math.max(0, ...reached.map(({ aboveInputTokens }) => aboveInputTokens))
  const part = openPart(parts, index, tier, above)
  part.usage = plus(part.usage, share.action === 'generate' ? usage : withoutOutput(usage))
  part.answers += 1
  if (!told) part.estimated += 1
}

/** An embedding has no output, whatever is reported: it has no price for any. */
const withoutOutput = (usage: Usage): Usage => ({
  ...usage,
  output: NO_USAGE.output,
  outputAudio: NO_USAGE.outputAudio,
  reasoning: NO_USAGE.reasoning,
})

const plus = (one: Usage, other: Usage): Usage => {
  const units = one.units || other.units ? unitsOf(one.units ?? {}, other.units ?? {}) : undefined
  return {
    input: tokens(one.input + other.input),
    inputAudio: tokens(one.inputAudio + other.inputAudio),
    cacheRead: tokens(one.cacheRead + other.cacheRead),
    cacheWrite5m: tokens(one.cacheWrite5m + other.cacheWrite5m),
    cacheWrite1h: tokens(one.cacheWrite1h + other.cacheWrite1h),
    output: tokens(one.output + other.output),
    outputAudio: tokens(one.outputAudio + other.outputAudio),
    reasoning: tokens(one.reasoning + other.reasoning),
    ...(units && { units }),
  }
}

const unitsOf = (one: Units, other: Units): Units =>
  Object.fromEntries(
    UNIT_NAMES.flatMap((name) => {
      const sum = (one[name] ?? 0) + (other[name] ?? 0)
      return sum === 0 ? [] : [[name, sum] as const]
    }),
  )

/** Results that did not come to their end. */
export class ResultsCut extends Error {}

const LINE_FEED = 0x0a

/**
 * The lines of an answer as it comes; `undefined` for one of more than `bytesMax`. Throws `ResultsCut` where it breaks off.
 */
export async function* linesOf(answer: UpstreamAnswer, bytesMax: number): AsyncGenerator<string | undefined> {
  let held: Buffer[] = []
  let length = 0
  const take = (): string | undefined => {
    const line = length > bytesMax ? undefined : Buffer.concat(held).toString()
    held = []
    length = 0
    return line
  }
  for (;;) {
    const read = await answer.read()
    if (!read.ok) throw new ResultsCut(`the results broke off: ${read.error.detail}`)
    if (read.value === undefined) break
    const chunk = Buffer.from(read.value)
    for (let from = 0; from < chunk.length; ) {
      const found = chunk.indexOf(LINE_FEED, from)
      const end = found === -1 ? chunk.length : found
      length += end - from
      if (length <= bytesMax) held.push(chunk.subarray(from, end))
      from = end + 1
      if (found === -1) continue
      const line = take()
      if (line === undefined || line.trim() !== '') yield line
    }
  }
  const last = take()
  if (last === undefined || last.trim() !== '') yield last
}
