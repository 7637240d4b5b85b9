import type { Reversal, StreamRenderer } from '../../canon/codec.ts'
import type { Usage } from '../../canon/usage.ts'
import { answerHead } from '../openai-chat/answer-head.ts'
import { renderUsage } from '../openai-chat/render-usage.ts'
import { KEEP_ALIVE, renderStreamError } from './error.ts'
import { createTextWriter, type TextPiece } from './write-text.ts'

/** Writes the chunks of a streamed completion. */
export const renderStream = (reversal: Reversal): StreamRenderer => {
  const writer = createTextWriter(reversal)
  const { includesUsage } = reversal.wishes
  const head = answerHead(reversal, 'cmpl-', 'text_completion')
  let usage: Usage | undefined

  const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
  const chunk = ({ text, logprobs, finish }: TextPiece): string => {
    const choice = { text, index: 0, logprobs: logprobs ?? null, finish_reason: finish ?? null }
    return event({ ...head, choices: [choice], ...(includesUsage && { usage: null }) })
  }
  const last = (): string =>
    `${includesUsage && usage ? event({ ...head, choices: [], usage: renderUsage(usage) }) : ''}data: [DONE]\n\n`

  return {
    push(told) {
      if (told.type === 'ping') return KEEP_ALIVE
      if (told.type === 'error') return renderStreamError(told.error, reversal.requestId)
      if (told.type === 'end') return last()
      if (told.type === 'usage') usage = told.usage
      if (told.type === 'start') usage = told.usage ?? usage
      return writer.push(told).map(chunk).join('')
    },
    get losses() {
      return writer.losses
    },
  }
}
