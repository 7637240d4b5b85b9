import { readJsonValue } from '../streams/json-values.ts'
import { readSseEvent } from '../streams/sse.ts'
import type { AnswerFormat } from './answer-format.ts'
import { isObject, parseJson } from './json.ts'
import { type RawEvent, bytesOf } from './raw-event.ts'

/** Raw events kept before they are read for their text: most streams end well and their text is never asked for. */
const RAW_BYTES_MAX = 65_536

interface Delivered {
  keep(event: RawEvent): void
  text(): string
}

/** Gathers what a stream has delivered, at most `bytesMax` UTF-8 bytes of it, parsing as late as memory allows. */
export const deliveredText = (format: AnswerFormat, bytesMax: number): Delivered => {
  const raw: RawEvent[] = []
  let rawBytes = 0
  let texts: string[] = []
  let room = bytesMax

  const add = (text: string): void => {
    if (text === '' || room <= 0) return
    const bytes = Buffer.byteLength(text)
    texts.push(bytes <= room ? text : cutToBytes(text, room))
    room -= bytes
  }

  const digest = (): void => {
    for (const event of raw) {
      if (room <= 0) break
      const bytes = bytesOf(event)
      const value = parseJson(event.kind === 'json' ? readJsonValue(bytes) : (readSseEvent(bytes).data ?? ''))
      for (const part of Array.isArray(value) ? value : [value]) if (isObject(part)) add(format.textIn(part))
    }
    raw.length = 0
    rawBytes = 0
    texts = [texts.join('')]
  }

  return {
    keep(event) {
      if (room <= 0) return
      raw.push(event)
      rawBytes += event.end - event.from
      if (rawBytes > RAW_BYTES_MAX) digest()
    },
    text() {
      digest()
      return texts[0] ?? ''
    },
  }
}

/** The longest beginning of a text that fits, cut between characters. */
const cutToBytes = (text: string, bytes: number): string => {
  const encoded = Buffer.from(text)
  let end = bytes
  // A byte of the form 10xxxxxx goes on with the character before it.
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return encoded.toString('utf8', 0, end)
}
