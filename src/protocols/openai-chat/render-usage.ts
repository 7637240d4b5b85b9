import type { JsonObject } from '../../canon/codec.ts'
import { inputTotal, type Usage } from '../../canon/usage.ts'

/** Writes the usage object of Chat and Completions: totals contain their parts, and add up. */
export const renderUsage = (usage: Usage): JsonObject => {
  const input = inputTotal(usage)
  const output = usage.output + usage.outputAudio
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
      audio_tokens: usage.inputAudio,
      // OpenAI's longer lifetime, which is read as the hour that others sell.
      ...(usage.cacheWrite1h > 0 && {
        cache_write_tokens_details: { ttl_30m_tokens: usage.cacheWrite5m, ttl_12h_tokens: usage.cacheWrite1h },
      }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: usage.outputAudio,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
