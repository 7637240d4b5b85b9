import type { Usage } from '../../canon/usage.ts'
import { count, detail, split } from '../counts.ts'
import { type JsonObject, objectOf } from '../json.ts'
import { readUsage as readChatUsage } from '../openai-chat/usage.ts'

/** GPT Image's usage: text and image input together, as the price list has one price for both. Others report as Chat does. */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const [input, output] = [count(raw.input_tokens), count(raw.output_tokens)]
  const cacheRead = detail(objectOf(raw.input_tokens_details).cached_tokens)
  if (input === undefined || output === undefined || cacheRead === undefined) return readChatUsage(raw)
  const none = { cacheWrite5m: 0, cacheWrite1h: 0, inputAudio: 0, outputAudio: 0, reasoning: 0 }
  return split({ input, output, total: undefined, cacheRead, ...none })
}
