import { readJsonValue } from '../streams/json-values.ts'
import { readSseEvent } from '../streams/sse.ts'
import type { AnswerFormat } from './answer-format.ts'
import { isObject, parseJson } from './json.ts'

/** Raw events kept before they are read for their text: most streams end well and their text is never asked for. */
const RAW_BYTES_MAX = 65_536

interface Delivered {
  keep(event: Buffer, kind: 'sse' | 'json'): void
  text(): string
}

/** Gathers what a stream has delivered, at most `bytesMax` UTF-8 bytes of it, parsing as late as memory allows. */
export const deliveredText = (format: AnswerFormat, bytesMax: number): Delivered => {
  const raw: { readonly event: Buffer; readonly kind: 'sse' | 'json' }[] = []
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
    for (const { event, kind } of raw) {
      if (room <= 0) break
      const value = parseJson(kind === 'json' ? readJsonValue(event) : (readSseEvent(event).data ?? ''))
      for (const part of Array.isArray(value) ? value : [value]) if (isObject(part)) add(format.textIn(part))
    }
    raw.length = 0
    rawBytes = 0
    texts = [texts.join('')]
  }

  return {
    keep(event, kind) {
      if (room <= 0) return
      raw.push({ event, kind })
      rawBytes += event.length
      if (rawBytes > RAW_BYTES_MAX) digest()
    },
    text() {
      digest()
      return texts[0] ?? ''
    },
  }
}

/** The longest beginning of a text that fits, cut between characters. */
const cutToBytes = (text: string, bytes: number): string =>
  Buffer.from(text)
    .subarray(0, bytes)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
