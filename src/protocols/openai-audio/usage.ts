import { NO_USAGE, type Usage } from '../../canon/usage.ts'
import { count, details, split } from '../counts.ts'
import { type JsonObject, objectOf } from '../json.ts'
import { readUsage as readChatUsage } from '../openai-chat/usage.ts'

/** Longer than any recording: eleven days. */
const SECONDS_MAX = 1_000_000

/** Seconds as billed: begun ones count. `undefined` for anything that is no length. */
export const wholeSeconds = (value: unknown): number | undefined => {
  const seconds = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0 || seconds > SECONDS_MAX)
    return undefined
  return Math.ceil(seconds)
}

/** `{type: "duration", seconds}`, or `{type: "tokens", …}` with the sound's part of the input; else as Chat reports it. */
export const readUsage = (raw: JsonObject): Usage | undefined => {
  const inputSeconds = wholeSeconds(raw.seconds)
  if (inputSeconds !== undefined && raw.input_tokens === undefined) return { ...NO_USAGE, units: { inputSeconds } }
  const [input, output] = [count(raw.input_tokens), count(raw.output_tokens)]
  if (input === undefined || output === undefined) return readChatUsage(raw)
  const given = { ...objectOf(raw.input_token_details), ...objectOf(raw.input_tokens_details) }
  const parts = details(given, ['audio_tokens', 'cached_tokens'])
  if (!parts) return undefined
  const none = { cacheWrite5m: 0, cacheWrite1h: 0, outputAudio: 0, reasoning: 0 }
  const { audio_tokens: inputAudio, cached_tokens: cacheRead } = parts
  return split({ input, output, total: undefined, cacheRead, inputAudio, ...none })
}
