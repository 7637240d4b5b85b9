import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { play } from '../../canon/collect.ts'
import type { Loss } from '../../canon/losses.ts'
import { answerHead } from '../openai-chat/answer-head.ts'
import { openAiError } from '../openai-chat/error.ts'
import { renderUsage } from '../openai-chat/render-usage.ts'
import { createTextWriter } from './write-text.ts'

/** Writes a whole completion: what a client would gather from the stream. */
export const renderResponse = (
  answer: Answer,
  reversal: Reversal,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } => {
  if (answer.error) return { body: { error: openAiError(answer.error, reversal.requestId) }, losses: [] }
  const writer = createTextWriter(reversal)
  const pieces = [...play(answer)].flatMap((event) => writer.push(event))
  const told = pieces.flatMap<JsonObject>(({ logprobs }) => logprobs ?? [])
  const choice = {
    text: pieces.map(({ text }) => text).join(''),
    index: 0,
    logprobs: told.length > 0 ? joined(told) : null,
    finish_reason: pieces.at(-1)?.finish ?? 'stop',
  }
  const usage = answer.usage && { usage: renderUsage(answer.usage) }
  const body = { ...answerHead(reversal, 'cmpl-', 'text_completion'), choices: [choice], ...usage }
  return { body, losses: writer.losses }
}

const LISTS = ['tokens', 'token_logprobs', 'top_logprobs', 'text_offset']

const joined = (parts: readonly JsonObject[]): JsonObject =>
  Object.fromEntries(LISTS.map((name) => [name, parts.flatMap((part) => part[name] ?? [])]))
