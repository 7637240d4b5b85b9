import type { JsonObject } from '../../canon/codec.ts'
import { inputTotal, type Usage } from '../../canon/usage.ts'

/**
 * Writes the usage object. Totals contain their parts, and both objects of details are always there: clients read them
 * without looking.
 */
export const renderUsage = (usage: Usage): JsonObject => {
  const input = inputTotal(usage)
  const output = usage.output + usage.outputAudio
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
      ...(usage.inputAudio > 0 && { audio_tokens: usage.inputAudio }),
    },
    output_tokens: output,
    output_tokens_details: {
      reasoning_tokens: usage.reasoning,
      ...(usage.outputAudio > 0 && { audio_tokens: usage.outputAudio }),
    },
    total_tokens: input + output,
  }
}
