import type { Usage } from '../../canon/usage.ts'
import { count, details, split } from '../counts.ts'
import { type JsonObject, objectOf } from '../json.ts'
import { readWrites } from '../openai-writes.ts'

/** Reads the Responses usage object: cached and written tokens are part of `input_tokens`, reasoning of `output_tokens`. */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const [input, output, total] = [count(raw.input_tokens), count(raw.output_tokens), count(raw.total_tokens)]
  const inputs = details(objectOf(raw.input_tokens_details), ['cached_tokens', 'audio_tokens'])
  const outputs = details(objectOf(raw.output_tokens_details), ['reasoning_tokens', 'audio_tokens'])
  const writes = readWrites(objectOf(raw.input_tokens_details))
  if (input === undefined || output === undefined || !inputs || !outputs || !writes) return undefined
  return split({
    input,
    output,
    total,
    cacheRead: inputs.cached_tokens,
    ...writes,
    inputAudio: inputs.audio_tokens,
    outputAudio: outputs.audio_tokens,
    reasoning: outputs.reasoning_tokens,
  })
}
