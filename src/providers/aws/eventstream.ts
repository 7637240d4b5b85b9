/**
 * Amazon's binary framing of events, `application/vnd.amazon.eventstream`: lengths and checksum, headers, payload,
 * checksum; all numbers big-endian. https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { copyOf } from '../../bytes.ts'
import { err, ok, type Result } from '../../result.ts'
import { crc32 } from './crc32.ts'

export interface EventMessage {
  /** `:message-type`, `:event-type`, `:exception-type`, `:content-type`; values that are not text are left out. */
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Uint8Array
}

/** Reads one stream. After the first fault it says nothing but that fault. */
export interface EventStreamDecoder {
  /** Takes the next bytes, cut anywhere, and returns the messages that are whole now. */
  push(chunk: Uint8Array): Result<readonly EventMessage[], string>
  /** Whether the stream ended between two messages. */
  end(): Result<null, string>
}

/** The format's own limits: 16 MiB of payload and 128 KiB of headers. */
const HEADERS_BYTES_MAX = 128 * 1024
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024 + HEADERS_BYTES_MAX
/** Total length, length of headers, checksum of both. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4
const MESSAGE_BYTES_MIN = PRELUDE_BYTES + CHECKSUM_BYTES

/** @param messageBytesMax the largest message that is buffered; at most and by default the format's own limit. */
export const createEventStreamDecoder = (messageBytesMax = MESSAGE_BYTES_MAX): EventStreamDecoder => {
  const held = createBuffer()
  let fault: string | undefined

  const takeOne = (): Result<EventMessage | undefined, string> => {
    const bytes = held.bytes()
    if (bytes.length < PRELUDE_BYTES) return ok(undefined)
    const prelude = readPrelude(bytes, messageBytesMax)
    if (!prelude.ok) return prelude
    const { totalBytes, headersBytes } = prelude.value
    if (bytes.length < totalBytes) return ok(undefined)
    const message = readMessage(bytes.subarray(0, totalBytes), headersBytes)
    held.drop(totalBytes)
    return message
  }

  return {
    push: (chunk) => {
      if (fault !== undefined) return err(fault)
      held.append(chunk)
      const messages: EventMessage[] = []
      for (;;) {
        const message = takeOne()
        if (!message.ok) {
          fault = message.error
          // What was whole before the fault is given out; the fault follows with the next call.
          return messages.length > 0 ? ok(messages) : message
        }
        if (!message.value) return ok(messages)
        messages.push(message.value)
      }
    },
    end: () => {
      if (fault !== undefined) return err(fault)
      const left = held.bytes().length
      return left === 0 ? ok(null) : err(`the stream ended ${left} bytes into a message`)
    },
  }
}

interface Buffered {
  append(chunk: Uint8Array): void
  /** What is held, valid until the next `append`. */
  bytes(): Uint8Array
  drop(length: number): void
}

/** Bytes in a row. It doubles as it grows, so that a large message in small pieces is not copied once for each. */
const createBuffer = (): Buffered => {
  let store = new Uint8Array(0)
  let [start, end] = [0, 0]
  return {
    append: (chunk) => {
      const length = end - start
      if (end + chunk.length > store.length) {
        const grown = new Uint8Array(Math.max(length + chunk.length, 2 * length))
        grown.set(store.subarray(start, end))
        store = grown
        ;[start, end] = [0, length]
      }
      store.set(chunk, end)
      end += chunk.length
    },
    bytes: () => store.subarray(start, end),
    drop: (length) => {
      start += length
    },
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

interface Prelude {
  readonly totalBytes: number
  readonly headersBytes: number
}

const readPrelude = (bytes: Uint8Array, messageBytesMax: number): Result<Prelude, string> => {
  const view = viewOf(bytes)
  // The checksum first: lengths that fail it mean nothing.
  if (crc32(bytes.subarray(0, 8)) !== view.getUint32(8)) return err('the checksum of a prelude is wrong')
  const [totalBytes, headersBytes] = [view.getUint32(0), view.getUint32(4)]
  if (totalBytes > messageBytesMax) return err(`a message has ${totalBytes} bytes, more than ${messageBytesMax}`)
  if (totalBytes < MESSAGE_BYTES_MIN + headersBytes || headersBytes > HEADERS_BYTES_MAX)
    return err(`a message of ${totalBytes} bytes cannot have ${headersBytes} bytes of headers`)
  return ok({ totalBytes, headersBytes })
}

const readMessage = (bytes: Uint8Array, headersBytes: number): Result<EventMessage, string> => {
  const payloadEnd = bytes.length - CHECKSUM_BYTES
  if (crc32(bytes.subarray(0, payloadEnd)) !== viewOf(bytes).getUint32(payloadEnd))
    return err('the checksum of a message is wrong')
  const payloadStart = PRELUDE_BYTES + headersBytes
  const headers = readHeaders(bytes.subarray(PRELUDE_BYTES, payloadStart))
  // A copy, so that what is kept of a message does not keep the whole chunk.
  return headers.ok
    ? ok({ headers: headers.value, payload: copyOf(bytes.subarray(payloadStart, payloadEnd)) })
    : headers
}

/** Bytes of a value by its type: true, false, byte, short, integer, long, bytes, text, timestamp, UUID. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, 'counted', 'counted', 8, 16] as const
const TEXT = 7

const readHeaders = (bytes: Uint8Array): Result<Record<string, string>, string> => {
  const headers: Record<string, string> = {}
  const view = viewOf(bytes)
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const type = bytes[nameEnd]
    const size = VALUE_BYTES[type ?? -1]
    if (size === undefined) return err(`a header has no type, or the unknown type ${type}`)
    if (size === 'counted' && nameEnd + 3 > bytes.length) return err('a header is cut off')
    const valueStart = nameEnd + (size === 'counted' ? 3 : 1)
    const valueEnd = valueStart + (size === 'counted' ? view.getUint16(nameEnd + 1) : size)
    if (valueEnd > bytes.length) return err('a header is cut off')
    if (type === TEXT) headers[textOf(bytes.subarray(at + 1, nameEnd))] = textOf(bytes.subarray(valueStart, valueEnd))
    at = valueEnd
  }
  return ok(headers)
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
