import type { Usage } from '../../canon/usage.ts'
import { count, details, split } from '../../protocols/counts.ts'
import { mergeUsage, readUsage as readMessages } from '../../protocols/anthropic-messages/usage.ts'
import { readUsage as readConverse } from '../../protocols/bedrock-converse/usage.ts'
import { readUsage as readGemini } from '../../protocols/gemini/usage.ts'
import { isObject, type JsonObject, objectOf } from '../../protocols/json.ts'
import { readUsage as readChat } from '../../protocols/openai-chat/usage.ts'
import { readUsage as readResponses } from '../../protocols/openai-responses/usage.ts'

/** The usage object of an answer, or of one event of a stream, wherever its vendor puts it. */
export const usageIn = (value: JsonObject): JsonObject | undefined => {
  for (const place of [value, objectOf(value.response), objectOf(value.message), objectOf(value.metadata)]) {
    for (const name of ['usage', 'usageMetadata']) {
      const usage = place[name]
      if (isObject(usage) && isKnown(usage)) return usage
    }
  }
  return undefined
}

const isKnown = (raw: JsonObject): boolean =>
  ['prompt_tokens', 'total_tokens', 'input_tokens', 'promptTokenCount', 'inputTokens', 'output_tokens'].some(
    (name) => count(raw[name]) !== undefined,
  )

/** Puts together what the events of one stream say. Totals never go down. */
export const mergeUsages = (before: JsonObject | undefined, now: JsonObject): JsonObject =>
  before ? mergeUsage(before, now) : now

/**
 * Reads a usage object of any vendor by its shape. Anthropic's is the one with `input_tokens` and without a total: what
 * was cached stands beside them there, and is part of them everywhere else. `undefined`: it cannot be read.
 */
export const readAnyUsage = (raw: JsonObject): Usage | undefined => {
  if (raw.promptTokenCount !== undefined) return readGemini(raw)
  if (raw.inputTokens !== undefined) return readConverse(raw)
  if (raw.input_tokens === undefined) return readChat(raw)
  if (raw.input_token_details !== undefined || raw.output_token_details !== undefined) return readRealtime(raw)
  return raw.total_tokens === undefined ? readMessages(raw) : readResponses(raw)
}

/**
 * Reads the usage of OpenAI's Realtime and transcriptions, whose details are named in the singular. Audio of the input
 * that was read from the cache has the price of the cache.
 */
const readRealtime = (raw: JsonObject): Usage | undefined => {
  const [input, output, total] = [count(raw.input_tokens), count(raw.output_tokens), count(raw.total_tokens)]
  const inputs = details(objectOf(raw.input_token_details), ['cached_tokens', 'audio_tokens'])
  const outputs = details(objectOf(raw.output_token_details), ['audio_tokens', 'reasoning_tokens'])
  const cached = details(objectOf(objectOf(raw.input_token_details).cached_tokens_details), ['audio_tokens'])
  if (input === undefined || output === undefined || !inputs || !outputs || !cached) return undefined
  return split({
    input,
    output,
    total,
    cacheRead: inputs.cached_tokens,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    inputAudio: Math.max(0, inputs.audio_tokens - cached.audio_tokens),
    outputAudio: outputs.audio_tokens,
    reasoning: outputs.reasoning_tokens,
  })
}

/** Under what names answers and events have text that a model wrote. */
const TEXTS = new Set([
  ...['text', 'content', 'delta', 'arguments', 'partial_json', 'thinking', 'reasoning', 'reasoning_content'],
  ...['output_text', 'transcript', 'refusal', 'summary', 'document', 'markdown', 'answer', 'output'],
])
const LEVELS_MAX = 50

/** Text that a model wrote in an answer, as far as names tell, for counting where no usage was told; at most `max` long. */
export const textsIn = (value: unknown, max: number): string => {
  let text = ''
  const walk = (at: unknown, named: boolean, levels: number): void => {
    if (text.length >= max || levels === 0) return
    if (typeof at === 'string') {
      if (named) text += at.slice(0, max - text.length)
    } else if (Array.isArray(at)) {
      for (const each of at) walk(each, named, levels - 1)
    } else if (isObject(at)) {
      for (const [name, each] of Object.entries(at)) walk(each, TEXTS.has(name), levels - 1)
    }
  }
  walk(value, false, LEVELS_MAX)
  return text
}
