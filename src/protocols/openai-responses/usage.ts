import type { Usage } from '../../canon/usage.ts'
import { count, details, split } from '../counts.ts'
import { type JsonObject, objectOf } from '../json.ts'

/** Reads the Responses usage object: cached and written tokens are part of `input_tokens`, reasoning of `output_tokens`. */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const [input, output, total] = [count(raw.input_tokens), count(raw.output_tokens), count(raw.total_tokens)]
  const inputs = details(objectOf(raw.input_tokens_details), ['cached_tokens', 'cache_write_tokens', 'audio_tokens'])
  const outputs = details(objectOf(raw.output_tokens_details), ['reasoning_tokens', 'audio_tokens'])
  if (input === undefined || output === undefined || !inputs || !outputs) return undefined
  return split({
    input,
    output,
    total,
    cacheRead: inputs.cached_tokens,
    cacheWrite5m: inputs.cache_write_tokens,
    cacheWrite1h: 0,
    inputAudio: inputs.audio_tokens,
    outputAudio: outputs.audio_tokens,
    reasoning: outputs.reasoning_tokens,
  })
}
