import type { Reversal, StreamRenderer } from '../../canon/codec.ts'
import { KEEP_ALIVE } from './error.ts'
import { createAnswerWriter } from './render-answer.ts'

/** Writes a Responses stream: numbered events under the names that the official clients know, each with its framing. */
export const renderStream = (reversal: Reversal): StreamRenderer => {
  let text = ''
  let sequence = 0
  const writer = createAnswerWriter(reversal, (type, members) => {
    text += `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...members })}\n\n`
  })
  return {
    push(event) {
      if (event.type === 'ping') return KEEP_ALIVE
      text = ''
      writer.push(event)
      return text
    },
    losses: writer.losses.list,
  }
}
