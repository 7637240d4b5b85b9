import { writeJson } from '../../canon/json-text.ts'
import type { JsonObject, Reversal, StreamRenderer } from '../../canon/codec.ts'
import { inAnthropicWords } from './context-length.ts'
import { KEEP_ALIVE, renderStreamError } from './error.ts'
import { createMessageWriter } from './message-writer.ts'

/** Writes a stream for a client of the Messages API. After an error nothing is written, least of all a `message_stop`. */
export const renderStream = (reversal: Reversal): StreamRenderer => {
  const writer = createMessageWriter(reversal, false)
  let failed = false
  return {
    push(event) {
      if (failed) return ''
      if (event.type === 'ping') return writer.started ? KEEP_ALIVE : ''
      if (event.type !== 'error') return writer.push(event).map(frame).join('')
      failed = true
      return renderStreamError(inAnthropicWords(event.error), reversal.requestId)
    },
    losses: writer.losses,
  }
}

const frame = (event: JsonObject): string => `event: ${String(event.type)}\ndata: ${writeJson(event)}\n\n`
