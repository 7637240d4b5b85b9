import { createEventStreamDecoder, type EventMessage } from '../providers/aws/eventstream.ts'
import { err, ok, type Result } from '../result.ts'
import type { UpstreamAnswer, UpstreamFault } from './types.ts'

type Chunk = Result<Uint8Array | undefined, UpstreamFault>

const EVENT_STREAM = 'application/vnd.amazon.eventstream'

export const isEventStream = (headers: Headers): boolean =>
  headers.get('content-type')?.toLowerCase().startsWith(EVENT_STREAM) === true

/**
 * An answer in Amazon's binary messages as the server-sent events they carry. A stream that breaks off within a message,
 * or has one whose checksum is wrong, fails as `unreadable` once what came before has been read.
 * @param messageBytesMax the largest message that is taken
 */
export const asServerSentEvents = (
  answer: UpstreamAnswer,
  eventOf: (message: EventMessage) => string,
  messageBytesMax: number,
): UpstreamAnswer => {
  const decoder = createEventStreamDecoder(messageBytesMax)
  const headers = new Headers(answer.headers)
  headers.set('content-type', 'text/event-stream; charset=utf-8')

  const unreadable = (detail: string): Chunk => {
    answer.cancel()
    return err({ kind: 'unreadable', untouched: false, detail })
  }
  const read = async (): Promise<Chunk> => {
    for (;;) {
      const chunk = await answer.read()
      if (!chunk.ok) return chunk
      if (chunk.value === undefined) {
        const ended = decoder.end()
        return ended.ok ? chunk : unreadable(ended.error)
      }
      const messages = decoder.push(chunk.value)
      if (!messages.ok) return unreadable(messages.error)
      const text = messages.value.map(eventOf).join('')
      if (text !== '') return ok(new TextEncoder().encode(text))
    }
  }
  const whole = async (bytesMax: number): Promise<Result<Uint8Array, UpstreamFault>> => {
    const chunks: Uint8Array[] = []
    let length = 0
    for (;;) {
      const chunk = await read()
      if (!chunk.ok) return chunk
      if (chunk.value === undefined) return ok(new Uint8Array(Buffer.concat(chunks)))
      length += chunk.value.length
      chunks.push(chunk.value)
      if (length <= bytesMax) continue
      answer.cancel()
      return err({ kind: 'too-large', untouched: false, detail: `an answer of more than ${bytesMax} bytes` })
    }
  }
  const outlive = (): void => answer.outlive?.()
  return { status: answer.status, headers, read, whole, cancel: () => answer.cancel(), outlive }
}
