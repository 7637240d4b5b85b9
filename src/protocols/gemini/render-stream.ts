import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject, Reversal, StreamRenderer } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { KEEP_ALIVE, renderStreamError } from './error.ts'
import { chunkOf, endOf } from './render-response.ts'
import { createPartWriter } from './write-parts.ts'

/**
 * Writes a stream: blocks of data without names and without a mark at the end, or where `alt=sse` was not asked for the
 * elements of a JSON array.
 */
export const renderStream = (reversal: Reversal): StreamRenderer => {
  const writer = createPartWriter(reversal)
  const inArray = reversal.wishes.streamsArray === true
  let isFirst = true
  let isOver = false

  const frame = (chunk: JsonObject): string => {
    const json = writeJson(chunk)
    if (!inArray) return `data: ${json}\r\n\r\n`
    const opening = isFirst ? '[' : ',\r\n'
    isFirst = false
    return opening + json
  }

  const finish = (): string => {
    isOver = true
    return frame(chunkOf(reversal, writer.end(), endOf(writer))) + (inArray ? ']' : '')
  }

  const push = (event: AnswerEvent): string => {
    if (isOver) return ''
    if (event.type === 'ping') return KEEP_ALIVE
    if (event.type === 'end') return finish()
    if (event.type === 'error') {
      isOver = true
      return renderStreamError(
        event.error,
        reversal.requestId,
        inArray ? (isFirst ? 'json-first' : 'json-next') : 'sse',
      )
    }
    const parts = writer.push(event)
    return parts.length === 0 ? '' : frame(chunkOf(reversal, parts))
  }

  return { push, losses: writer.losses.list }
}
