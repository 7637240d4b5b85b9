import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { play } from '../../canon/collect.ts'
import { createLosses, type Loss } from '../../canon/losses.ts'
import { objectOf, textOf } from '../json.ts'
import { readArguments } from './arguments.ts'
import { createMessageWriter } from './message-writer.ts'

/** Writes a whole answer by gathering the events of the stream that would tell it. */
export const renderResponse = (
  answer: Answer,
  reversal: Reversal,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } => {
  const writer = createMessageWriter(reversal, true)
  const losses = createLosses()
  const content: Record<string, unknown>[] = []
  let message: JsonObject = {}
  let pieces = ''
  for (const event of play(answer)) {
    for (const written of writer.push(event)) {
      if (written.type === 'message_start') message = objectOf(written.message)
      else if (written.type === 'content_block_start') {
        content.push({ ...objectOf(written.content_block) })
        pieces = ''
      } else if (written.type === 'content_block_delta') pieces += addDelta(content.at(-1), objectOf(written.delta))
      else if (written.type === 'content_block_stop' && pieces !== '') {
        const input = readArguments(pieces)
        if (!input) losses.declare(`/response/content/${content.length - 1}/input`, 'approximated')
        Object.assign(content.at(-1) ?? {}, { input: input ?? { __raw_arguments: pieces } })
      } else if (written.type === 'message_delta')
        message = { ...message, ...objectOf(written.delta), usage: written.usage }
    }
  }
  return { body: { ...message, content }, losses: [...writer.losses, ...losses.list] }
}

/** Adds a delta to its block; returns the piece of a call's arguments that it is. */
const addDelta = (block: Record<string, unknown> | undefined, delta: JsonObject): string => {
  if (!block) return ''
  if (delta.type === 'text_delta') block.text = textOf(block.text) + textOf(delta.text)
  else if (delta.type === 'thinking_delta') block.thinking = textOf(block.thinking) + textOf(delta.thinking)
  else if (delta.type === 'signature_delta') block.signature = delta.signature
  else if (delta.type === 'citations_delta')
    block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation]
  return textOf(delta.partial_json)
}
