import { Buffer } from 'node:buffer'

import { type Parts, noteMime, noteType, noteUrl, unescaped } from './scan-parts.ts'
import { BACKSLASH, COLON, startsWith } from './scan-tokens.ts'

/** A shorter string is no image, whatever its key. */
const MEDIA_BYTES_MIN = 256

/**
 * What a string's key says about it: base64 (of a file: or its address), an address of media, the address of something
 * of any size (a file kept upstream, a document, a video), the id of such a file, the kind of an object, or of a file.
 */
export type Telling = 'base64' | 'file' | 'url' | 'stored-url' | 'stored-id' | 'type' | 'mime'

const TELLING_KEYS: readonly (readonly [string, Telling])[] = [
  ['data', 'base64'],
  ['file_data', 'file'],
  ['b64_json', 'base64'],
  ['image_data', 'base64'],
  ['url', 'url'],
  ['image_url', 'url'],
  ['fileUri', 'stored-url'],
  ['file_uri', 'stored-url'],
  ['file_url', 'stored-url'],
  ['document_url', 'stored-url'],
  ['video_url', 'stored-url'],
  ['file_id', 'stored-id'],
  ['type', 'type'],
  ['mimeType', 'mime'],
  ['mime_type', 'mime'],
]

interface TellingKey {
  readonly quoted: Uint8Array
  readonly telling: Telling
}

/** By length, quotes included, so that nearly every key is dismissed without looking at its letters. */
const TELLING_BY_LENGTH: readonly (readonly TellingKey[])[] = Array.from({ length: 15 }, (_, length) =>
  TELLING_KEYS.map(([key, telling]) => ({ quoted: Buffer.from(`"${key}"`), telling })).filter(
    ({ quoted }) => quoted.length === length,
  ),
)

/** A key of interest with every letter written as `\u0061`. */
const ESCAPED_KEY_BYTES_MAX = 64

/** What the key at `[start, end)`, quotes included, says about its value. `plain`: it has no escapes. */
export const tellingOf = (text: Buffer, start: number, end: number, plain: boolean): Telling | undefined => {
  if (!plain)
    return end - start > ESCAPED_KEY_BYTES_MAX
      ? undefined
      : TELLING_KEYS.find(([known]) => known === unescaped(text, start, end))?.[1]
  const candidates = TELLING_BY_LENGTH[end - start]
  if (candidates === undefined) return undefined
  for (const { quoted, telling } of candidates) if (startsWith(text, start, quoted)) return telling
  return undefined
}

/** How the strings of a body weigh on an estimate of its tokens. */
export interface Weights extends Parts {
  mediaCount: number
  mediaBytes: number
}

const DATA_URL = Buffer.from('data:')
const BASE64_MARK = ';base64,'

/** Adds the string at `[start, end)` of `text`, quotes included, to the weights if it is media or names some. */
export const weigh = (
  text: Buffer,
  start: number,
  end: number,
  telling: Telling | undefined,
  weights: Weights,
): void => {
  if (end - start - 2 > MEDIA_BYTES_MIN) {
    const isDataUrl = startsWith(text, start + 1, DATA_URL)
    if ((isDataUrl || telling === 'base64' || telling === 'file') && isBase64(text, start + 1, isDataUrl)) {
      weights.mediaCount++
      weights.mediaBytes += end - start - 2
      return
    }
  }
  if (telling === undefined || telling === 'base64' || end - start === 2) return
  if (telling === 'type') noteType(weights, text, start, end)
  else if (telling === 'mime') noteMime(weights, text, start, end)
  else weighReference(text, start, end, telling, weights)
}

/** A string that names media instead of holding it. */
const weighReference = (
  text: Buffer,
  start: number,
  end: number,
  telling: Exclude<Telling, 'base64' | 'type' | 'mime'>,
  weights: Weights,
): void => {
  const isUrl = isAddress(text, start + 1)
  if (telling === 'stored-id' || isUrl) weights.mediaCount++
  // What is at the address of a file is fetched by the upstream, and may be a book.
  if (telling === 'stored-id' || telling === 'stored-url' || (telling === 'file' && isUrl)) weights.storedReferences++
  else if (isUrl) noteUrl(weights, text, start, end)
}

/** `http:`, `https:` and `gs:` in any case; a letter written as an escape could be one of theirs. */
const isAddress = (text: Buffer, at: number): boolean => {
  const first = (text[at] ?? 0) | 0x20
  if (first === LETTER_G) return ((text[at + 1] ?? 0) | 0x20) === LETTER_S && text[at + 2] === COLON
  const isHttp = first === LETTER_H && /^ttp/i.test(text.toString('latin1', at + 1, at + 4))
  return isHttp || text[at] === BACKSLASH
}

const LETTER_G = 0x67
const LETTER_H = 0x68
const LETTER_S = 0x73

/**
 * Whether the beginning of a long string is base64. Plain text under `data` (an Anthropic text document) or after
 * `data:` (a pasted event stream) is text, and counted as text.
 */
const isBase64 = (text: Buffer, start: number, isDataUrl: boolean): boolean => {
  const head = text.toString('latin1', start, start + MEDIA_BYTES_MIN)
  const mark = isDataUrl ? head.indexOf(BASE64_MARK) : 0
  // A backslash is no base64, but some encoders write every slash as `\/`.
  return mark >= 0 && /^[A-Za-z0-9+/=_\\-]*$/.test(isDataUrl ? head.slice(mark + BASE64_MARK.length) : head)
}
