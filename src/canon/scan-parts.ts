import { Buffer } from 'node:buffer'

import { BACKSLASH, startsWith } from './scan-tokens.ts'

/**
 * What is known of the objects and lists around a place in a body, by depth, and what has come of it. An address says
 * little by itself: in a document block it leads to something of any size, in a citation to nothing that is sent.
 */
export interface Parts {
  /** How many containers are around. */
  depth: number
  /** What the container's own `type` says it is. */
  readonly kinds: Kind[]
  /** Addresses in the container that no `type` has explained yet. */
  readonly urls: number[]
  /** Those among them that end in `.pdf`. */
  readonly pdfs: number[]
  /** Strings that name something of unknown size. */
  storedReferences: number
  /** Parts that say that they are images. */
  imageCount: number
}

/** `document`: what its addresses lead to may fill a window; `mention`: its addresses are text. */
type Kind = 'document' | 'mention' | 'other'

/** A container begins. */
export const openPart = (parts: Parts): void => {
  parts.depth++
  parts.kinds[parts.depth] = 'other'
  parts.urls[parts.depth] = 0
  parts.pdfs[parts.depth] = 0
}

/** A container ends: its addresses are what its `type` makes of them, or are left to the one around it. */
export const closePart = (parts: Parts): void => {
  const { depth, kinds, urls, pdfs } = parts
  parts.depth--
  const found = urls[depth] ?? 0
  if (found === 0 || kinds[depth] === 'mention') return
  if (kinds[depth] === 'document') {
    parts.storedReferences += found
  } else if (depth === 1) {
    parts.storedReferences += pdfs[depth] ?? 0
  } else {
    urls[depth - 1] = (urls[depth - 1] ?? 0) + found
    pdfs[depth - 1] = (pdfs[depth - 1] ?? 0) + (pdfs[depth] ?? 0)
  }
}

/** Notes the address at `[start, end)`, quotes included. */
export const noteUrl = (parts: Parts, text: Buffer, start: number, end: number): void => {
  const { depth, urls, pdfs } = parts
  urls[depth] = (urls[depth] ?? 0) + 1
  // A name too long for an address is not searched for its end.
  const address = text.toString('latin1', start + 1, Math.min(end - 1, start + 1 + ADDRESS_BYTES_MAX))
  if (/\.pdf$/i.test(address.split(/[?#]/, 1)[0] ?? '')) pdfs[depth] = (pdfs[depth] ?? 0) + 1
}

const ADDRESS_BYTES_MAX = 4_096

/** Notes the value of a `type`, quotes included. */
export const noteType = (parts: Parts, text: Buffer, start: number, end: number): void => {
  const kind = typeOf(text, start, end)
  if (kind === 'reference') parts.storedReferences++
  else if (kind === 'image') parts.imageCount++
  else if (kind !== undefined) parts.kinds[parts.depth] = kind
}

/** Notes what a file is said to be, quotes included: Gemini's images are told apart by nothing else. */
export const noteMime = (parts: Parts, text: Buffer, start: number, end: number): void => {
  if (startsWith(text, start, IMAGE_MIME)) parts.imageCount++
  else if (end - start <= ESCAPED_NAME_BYTES_MAX && unescaped(text, start, end).startsWith('image')) parts.imageCount++
}

const IMAGE_MIME = Buffer.from('"image')

/** Types of parts whose addresses can lead to more than a picture, of those whose addresses are only cited, and others. */
const TYPES: readonly (readonly [string, 'document' | 'mention' | 'reference' | 'image'])[] = [
  ['document', 'document'],
  ['document_url', 'document'],
  ['file', 'document'],
  ['file_url', 'document'],
  ['input_file', 'document'],
  ['audio_url', 'document'],
  ['video', 'document'],
  ['video_url', 'document'],
  ['input_video', 'document'],
  ['url_citation', 'mention'],
  ['search_result', 'mention'],
  ['web_search_result', 'mention'],
  ['web_search_result_location', 'mention'],
  // An input item of OpenAI Responses that stands for one kept upstream.
  ['item_reference', 'reference'],
  ['image', 'image'],
  ['image_url', 'image'],
  ['input_image', 'image'],
  ['computer_screenshot', 'image'],
]
const TYPE_BYTES_MAX = 28

/** By length, quotes included, so that nearly every type is dismissed without looking at its letters. */
const TYPES_BY_LENGTH = Array.from({ length: TYPE_BYTES_MAX + 1 }, (_, length) =>
  TYPES.map(([type, kind]) => ({ quoted: Buffer.from(`"${type}"`), kind })).filter(
    ({ quoted }) => quoted.length === length,
  ),
)

const typeOf = (text: Buffer, start: number, end: number): (typeof TYPES)[number][1] | undefined => {
  for (const { quoted, kind } of TYPES_BY_LENGTH[end - start] ?? []) if (startsWith(text, start, quoted)) return kind
  // A name with escapes is longer than it reads.
  if (end - start > ESCAPED_NAME_BYTES_MAX) return undefined
  for (let at = start + 1; at < end; at++) {
    if (text[at] !== BACKSLASH) continue
    const name = unescaped(text, start, end)
    return TYPES.find(([type]) => type === name)?.[1]
  }
  return undefined
}

/** The longest name of interest with every letter written as `\u0061`. */
const ESCAPED_NAME_BYTES_MAX = 160

/**
 * The name at `[start, end)`, quotes included, without its escapes. Letters, digits and `_` have one escape only. Nothing
 * here throws, so bad escapes by the million cost little.
 */
export const unescaped = (text: Buffer, start: number, end: number): string =>
  text
    .toString('latin1', start + 1, end - 1)
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
