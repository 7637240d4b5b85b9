import type { Usage } from '../../canon/usage.ts'
import { count, details, split } from '../counts.ts'
import { type JsonObject, objectOf } from '../json.ts'
import { readWrites, splitWrites } from '../openai-writes.ts'

/**
 * `prompt_tokens` and `completion_tokens` of Chat, Completions and Embeddings. A part that is missing follows from the
 * vendor's sum: OpenAI leaves out `completion_tokens` when nothing was generated, Voyage gives only `total_tokens`.
 */
const totals = (raw: JsonObject): { input: number; output: number; total: number | undefined } | undefined => {
  const input = count(raw.prompt_tokens)
  const output = count(raw.completion_tokens)
  const total = count(raw.total_tokens)
  const absent = (value: unknown): boolean => value === undefined || value === null
  if (input !== undefined && output !== undefined) return { input, output, total }
  if (total === undefined) return undefined
  if (input !== undefined && absent(raw.completion_tokens) && total >= input)
    return { input, output: total - input, total }
  if (absent(raw.prompt_tokens) && (output !== undefined || absent(raw.completion_tokens)) && total >= (output ?? 0))
    return { input: total - (output ?? 0), output: output ?? 0, total }
  return undefined
}

/**
 * Reads OpenAI's usage object and what compatible servers made of it. Cached and written tokens are part of the prompt;
 * `undefined` when a count is missing or no count at all.
 */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const found = totals(raw)
  const prompt = objectOf(raw.prompt_tokens_details)
  const completion = objectOf(raw.completion_tokens_details)
  const creation = objectOf(raw.cache_creation)
  const parts = details(
    {
      // DeepSeek, Moonshot and Together, Mistral, Vercel: each had its own name before OpenAI's details became common.
      cacheRead:
        prompt.cached_tokens ??
        raw.prompt_cache_hit_tokens ??
        raw.cached_tokens ??
        raw.num_cached_tokens ??
        raw.cache_read_input_tokens,
      otherWrites: raw.cache_creation_input_tokens,
      hour: creation.ephemeral_1h_input_tokens,
      day: creation.ephemeral_24h_input_tokens,
      inputAudio: prompt.audio_tokens ?? raw.audio_prompt_tokens,
      outputAudio: completion.audio_tokens,
      reasoning: completion.reasoning_tokens ?? raw.reasoning_tokens,
    },
    ['cacheRead', 'otherWrites', 'hour', 'day', 'inputAudio', 'outputAudio', 'reasoning'],
  )
  const named = readWrites(prompt)
  if (!found || !parts || !named) return undefined
  const written = named.cacheWrite5m + named.cacheWrite1h
  // Two names for the same tokens: OpenAI's, and the one that servers in front of Claude took over from it.
  const writes = splitWrites(written === 0 ? parts.otherWrites : written, named.cacheWrite1h + parts.hour + parts.day)
  return split({
    input: found.input,
    output: found.output,
    total: found.total,
    cacheRead: parts.cacheRead,
    cacheWrite5m: writes.cacheWrite5m,
    cacheWrite1h: writes.cacheWrite1h,
    inputAudio: parts.inputAudio,
    outputAudio: parts.outputAudio,
    reasoning: parts.reasoning,
  })
}
