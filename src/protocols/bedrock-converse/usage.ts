import type { Usage } from '../../canon/usage.ts'
import { count, details, usageOf } from '../counts.ts'
import { type JsonObject, objectsOf } from '../json.ts'

/** Reads Bedrock's usage: `inputTokens` excludes what was read from and written to the cache. */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const [input, output] = [count(raw.inputTokens), count(raw.outputTokens)]
  const cache = details(raw, ['cacheReadInputTokens', 'cacheWriteInputTokens'])
  if (input === undefined || output === undefined || !cache) return undefined
  const written = cache.cacheWriteInputTokens
  const cacheWrite1h = Math.min(writtenForAnHour(raw), written)
  return usageOf({
    input,
    inputAudio: 0,
    cacheRead: cache.cacheReadInputTokens,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    output,
    outputAudio: 0,
    // Not told apart from what was said.
    reasoning: 0,
  })
}

const writtenForAnHour = ({ cacheDetails }: JsonObject): number =>
  objectsOf(cacheDetails)
    .filter(({ ttl }) => ttl === '1h')
    .reduce((sum, { inputTokens }) => sum + (count(inputTokens) ?? 0), 0)

/** The same in the counters of Messages. */
export const messagesUsage = (raw: JsonObject): JsonObject => {
  const usage = readUsage(raw)
  if (!usage) return {}
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, output } = usage
  return {
    input_tokens: input,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: output,
  }
}
