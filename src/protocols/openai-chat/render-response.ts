import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { play } from '../../canon/collect.ts'
import type { Loss } from '../../canon/losses.ts'
import { objectOf, objectsOf } from '../json.ts'
import { answerHead, tierWord } from './answer-head.ts'
import { openAiError } from './error.ts'
import { renderUsage } from './render-usage.ts'
import type { Piece } from './piece.ts'
import { createAnswerWriter } from './write-answer.ts'

/** Writes a whole answer: what a client would gather from the stream. */
export const renderResponse = (
  answer: Answer,
  reversal: Reversal,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } => {
  if (answer.error) return { body: { error: openAiError(answer.error, reversal.requestId) }, losses: [] }
  const writer = createAnswerWriter(reversal)
  const gathered = gather([...play(answer)].flatMap((event) => writer.push(event)))
  const tier = tierWord(answer.serviceTier)
  const body = {
    ...answerHead(reversal, 'chatcmpl-', 'chat.completion'),
    choices: [gathered],
    ...(answer.usage && { usage: renderUsage(answer.usage) }),
    ...(tier !== undefined && { service_tier: tier }),
  }
  return { body, losses: writer.losses }
}

/** One choice out of the pieces of its message. */
const gather = (pieces: readonly Piece[]): JsonObject => {
  const lists = new Map<string, JsonObject[]>()
  const texts = new Map<string, string>()
  const calls: JsonObject[] = []
  const logprobs: JsonObject[] = []
  let legacy: JsonObject | undefined
  for (const { delta, logprobs: told } of pieces) {
    if (told) logprobs.push(...told)
    for (const [name, value] of Object.entries(delta)) {
      if (name === 'role') continue
      if (typeof value === 'string') texts.set(name, (texts.get(name) ?? '') + value)
      else if (name === 'tool_calls') for (const piece of objectsOf(value)) addCall(calls, piece)
      else if (name === 'function_call') legacy = joined(legacy ?? {}, objectOf(value))
      else lists.set(name, [...(lists.get(name) ?? []), ...objectsOf(value)])
    }
  }
  const last = pieces.at(-1)
  const content = texts.get('content') ?? ''
  const refusal = texts.get('refusal')
  const thought = texts.get('reasoning_content')
  const isElsewhere = calls.length > 0 || legacy !== undefined || refusal !== undefined
  const message = {
    role: 'assistant',
    content: content === '' && isElsewhere ? null : content,
    refusal: refusal ?? null,
    ...(thought !== undefined && { reasoning_content: thought }),
    ...Object.fromEntries(lists),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(legacy && { function_call: legacy }),
  }
  return {
    index: 0,
    message,
    logprobs: logprobs.length > 0 ? { content: logprobs, refusal: null } : null,
    finish_reason: last?.finish ?? 'stop',
    ...(last?.met !== undefined && { stop_reason: last.met }),
  }
}

/** A piece belongs to the call of its index, which a whole answer does not write. */
const addCall = (calls: JsonObject[], { index, ...piece }: JsonObject): void => {
  const at = typeof index === 'number' ? index : calls.length
  calls[at] = joined(calls[at] ?? {}, piece)
}

/** The only texts that come in pieces are arguments and input; anything else comes once. */
const joined = (before: JsonObject, piece: JsonObject): JsonObject => {
  const both: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(piece)) {
    const old = both[name]
    if (typeof old === 'string' && typeof value === 'string') both[name] = old + value
    else both[name] = typeof old === 'object' ? joined(objectOf(old), objectOf(value)) : value
  }
  return both
}
