import { Buffer } from 'node:buffer'

import { startsWith } from './scan-tokens.ts'

/** A shorter string is no image, whatever its key. */
const MEDIA_BYTES_MIN = 256

/**
 * What a string's key says about it: base64, an address of media, a file kept upstream (by address or by id), or the
 * kind of an object, which may be a reference to something stored.
 */
export type Telling = 'base64' | 'url' | 'stored-url' | 'stored-id' | 'type'

const TELLING_KEYS: readonly (readonly [string, Telling])[] = [
  ['data', 'base64'],
  ['file_data', 'base64'],
  ['b64_json', 'base64'],
  ['image_data', 'base64'],
  ['url', 'url'],
  ['image_url', 'url'],
  ['fileUri', 'stored-url'],
  ['file_uri', 'stored-url'],
  ['file_id', 'stored-id'],
  ['type', 'type'],
]

interface TellingKey {
  readonly quoted: Uint8Array
  readonly telling: Telling
}

/** By length, quotes included, so that nearly every key is dismissed without looking at its letters. */
const TELLING_BY_LENGTH: readonly (readonly TellingKey[])[] = Array.from({ length: 13 }, (_, length) =>
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
      : tellingOfEscaped(text.toString('latin1', start + 1, end - 1))
  const candidates = TELLING_BY_LENGTH[end - start]
  if (candidates === undefined) return undefined
  for (const { quoted, telling } of candidates) if (startsWith(text, start, quoted)) return telling
  return undefined
}

/** Letters, digits and `_` have one escape only. Nothing here throws, so bad escapes by the million cost little. */
const tellingOfEscaped = (key: string): Telling | undefined => {
  const name = key.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return TELLING_KEYS.find(([known]) => known === name)?.[1]
}

/** How the strings of a body weigh on an estimate of its tokens. */
export interface Weights {
  mediaCount: number
  mediaBytes: number
  storedReferences: number
}

const DATA_URL = Buffer.from('data:')
const BASE64_MARK = ';base64,'
const HTTP = Buffer.from('http')
const GS = Buffer.from('gs:')
/** An input item of OpenAI Responses that stands for one kept upstream. */
const ITEM_REFERENCE = Buffer.from('"item_reference"')

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
    if ((isDataUrl || telling === 'base64') && isBase64(text, start + 1, isDataUrl)) {
      weights.mediaCount++
      weights.mediaBytes += end - start - 2
      return
    }
  }
  if (telling === undefined || telling === 'base64' || end - start === 2) return
  if (telling === 'type') {
    if (end - start === ITEM_REFERENCE.length && startsWith(text, start, ITEM_REFERENCE)) weights.storedReferences++
    return
  }
  if (telling !== 'url') weights.storedReferences++
  if (telling === 'stored-id' || startsWith(text, start + 1, HTTP) || startsWith(text, start + 1, GS))
    weights.mediaCount++
}

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
