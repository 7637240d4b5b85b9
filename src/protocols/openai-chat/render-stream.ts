import type { Reversal, StreamRenderer } from '../../canon/codec.ts'
import type { Usage } from '../../canon/usage.ts'
import { answerHead, tierWord } from './answer-head.ts'
import { KEEP_ALIVE, renderStreamError } from './error.ts'
import { renderUsage } from './render-usage.ts'
import type { Piece } from './piece.ts'
import { createAnswerWriter } from './write-answer.ts'

/** Writes the chunks of a streamed answer. The usage comes in a chunk of its own, last, and only to who asked. */
export const renderStream = (reversal: Reversal): StreamRenderer => {
  const writer = createAnswerWriter(reversal)
  const { includesUsage } = reversal.wishes
  const head = JSON.stringify(answerHead(reversal, 'chatcmpl-', 'chat.completion.chunk')).slice(0, -1)
  const noUsage = includesUsage ? ',"usage":null' : ''
  let tier = ''
  let usage: Usage | undefined

  const chunk = ({ delta, logprobs, finish, met }: Piece): string => {
    const written = logprobs ? JSON.stringify({ content: logprobs, refusal: null }) : 'null'
    const stop = met === undefined ? '' : `,"stop_reason":${JSON.stringify(met)}`
    const reason = finish === undefined ? 'null' : `"${finish}"`
    const choice = `{"index":0,"delta":${JSON.stringify(delta)},"logprobs":${written},"finish_reason":${reason}${stop}}`
    return `data: ${head}${tier},"choices":[${choice}]${noUsage}}\n\n`
  }
  const last = (): string => {
    const counted = includesUsage && usage
    const counts = counted
      ? `data: ${head}${tier},"choices":[],"usage":${JSON.stringify(renderUsage(counted))}}\n\n`
      : ''
    return `${counts}data: [DONE]\n\n`
  }

  return {
    push(event) {
      if (event.type === 'ping') return KEEP_ALIVE
      if (event.type === 'error') return renderStreamError(event.error, reversal.requestId)
      if (event.type === 'end') return last()
      if (event.type === 'usage') usage = event.usage
      if (event.type === 'start') usage = event.usage ?? usage
      if (event.type === 'stop') {
        const word = tierWord(event.serviceTier)
        tier = word === undefined ? '' : `,"service_tier":"${word}"`
      }
      let text = ''
      for (const piece of writer.push(event)) text += chunk(piece)
      return text
    },
    get losses() {
      return writer.losses
    },
  }
}
