import type { Usage } from '../../canon/usage.ts'
import { type Buckets, count, details, usageOf } from '../counts.ts'
import { type JsonObject, objectOf, objectsOf } from '../json.ts'

/** One set of counters: the top level's, or one iteration's. Their inputs never overlap. */
const readCounters = (raw: JsonObject): Buckets | undefined => {
  const [input, output] = [count(raw.input_tokens), count(raw.output_tokens)]
  const cache = details(raw, ['cache_read_input_tokens', 'cache_creation_input_tokens'])
  const creation = objectOf(raw.cache_creation)
  const written = details(creation, ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'])
  const thought = details(objectOf(raw.output_tokens_details), ['thinking_tokens'])
  if (input === undefined || output === undefined || !cache || !written || !thought) return undefined
  const parts = written.ephemeral_5m_input_tokens + written.ephemeral_1h_input_tokens
  const total = raw.cache_creation_input_tokens == null ? parts : cache.cache_creation_input_tokens
  // The split comes once, at the start of a stream; the total grows until its end. What it does not cover was written
  // for five minutes, which is what is written unless an hour is asked for.
  const cacheWrite1h = Math.min(written.ephemeral_1h_input_tokens, total)
  return {
    input,
    inputAudio: 0,
    cacheRead: cache.cache_read_input_tokens,
    cacheWrite5m: total - cacheWrite1h,
    cacheWrite1h,
    output,
    outputAudio: 0,
    reasoning: Math.min(thought.thinking_tokens, output),
  }
}

const sum = (one: Buckets, other: Buckets): Buckets => ({
  input: one.input + other.input,
  inputAudio: 0,
  cacheRead: one.cacheRead + other.cacheRead,
  cacheWrite5m: one.cacheWrite5m + other.cacheWrite5m,
  cacheWrite1h: one.cacheWrite1h + other.cacheWrite1h,
  output: one.output + other.output,
  outputAudio: 0,
  reasoning: one.reasoning + other.reasoning,
})

/**
 * What all iterations add up to. The top level leaves out compaction (which reads the old context) and advisors (another
 * model asked), though both are billed. A list that cannot be read, or that covers less than the top level, is not used.
 */
const sumOfIterations = (iterations: unknown, top: Buckets): Buckets => {
  const [first, ...others] = objectsOf(iterations).map(readCounters)
  if (!first) return top
  let all = first
  for (const counters of others) {
    if (!counters) return top
    all = sum(all, counters)
  }
  const covers = inputOf(all) >= inputOf(top) && all.output >= top.output
  return covers ? { ...all, reasoning: Math.max(all.reasoning, top.reasoning) } : top
}

const inputOf = (counters: Buckets): number =>
  counters.input + counters.cacheRead + counters.cacheWrite5m + counters.cacheWrite1h

/** Reads Anthropic's usage: `input_tokens` excludes what was read from and written to the cache. */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const top = readCounters(raw)
  const usage = top && usageOf(sumOfIterations(raw.iterations, top))
  const webSearches = count(objectOf(raw.server_tool_use).web_search_requests) ?? 0
  return usage && webSearches > 0 ? { ...usage, units: { webSearches } } : usage
}

/**
 * What an answer's own context took, without what was summed up or asked of others on the way: clients go by it to know
 * how full the context is.
 */
export const readContextUsage = (raw: JsonObject): Usage | undefined => {
  const top = readCounters(raw)
  return top && usageOf(top)
}

const INPUT_KEYS = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens', 'cache_creation'] as const
const OUTPUT_KEYS = ['output_tokens', 'output_tokens_details'] as const

const countIn = (raw: JsonObject, key: string): number => count(raw[key]) ?? 0

/** All input, however much of it was cached: one count may shrink only when another grows by as much. */
const inputIn = (raw: JsonObject): number =>
  countIn(raw, 'input_tokens') + countIn(raw, 'cache_read_input_tokens') + countIn(raw, 'cache_creation_input_tokens')

/**
 * `message_delta` carries the running totals of what it names, and null or nothing for what it does not. Totals never go
 * down: where its input or its output comes to less than was told before (servers that know the input only at the start
 * write 0 at the end), that side stays as it was. Where iterations are listed, they hold what the top level leaves out.
 */
export const mergeUsage = (before: JsonObject, now: JsonObject): JsonObject => {
  const merged: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(now)) if (value !== null) merged[key] = value
  const keep = (keys: readonly string[]): void => {
    for (const key of keys) merged[key] = before[key]
  }
  if (objectsOf(merged.iterations).length > 0) return merged
  if (inputIn(merged) < inputIn(before)) keep(INPUT_KEYS)
  if (countIn(merged, 'output_tokens') < countIn(before, 'output_tokens')) keep(OUTPUT_KEYS)
  return merged
}
