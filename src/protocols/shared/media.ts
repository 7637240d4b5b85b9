import { Buffer } from 'node:buffer'

export interface DataUrl {
  /** Lower case, without parameters, and what the bytes are where they say so. */
  readonly mediaType: string
  /** Standard padded base64. */
  readonly data: string
}

const UNKNOWN_TYPE = 'application/octet-stream'

/**
 * Reads a `data:` URL (RFC 2397, as lenient as browsers): any case, parameters, percent-encoded or base64 content, the
 * URL-safe alphabet, line breaks. `undefined` when it is none or its base64 cannot be read.
 */
export const readDataUrl = (url: string): DataUrl | undefined => {
  const start = /^\s*data:/i.exec(url)?.[0].length
  const comma = url.indexOf(',')
  if (start === undefined || comma < start) return undefined
  const [type = '', ...parameters] = url.slice(start, comma).split(';')
  const isBase64 = parameters.some((parameter) => parameter.trim().toLowerCase() === 'base64')
  const content = url.slice(comma + 1)
  const data = isBase64
    ? standardBase64(content.includes('%') ? percentDecoded(content).toString('latin1') : content)
    : percentDecoded(content.trimEnd()).toString('base64')
  if (data === undefined) return undefined
  // A URL without a type is text by the RFC, but clients that write `data:;base64,` mean an image.
  return { mediaType: trueMediaType(type || (isBase64 ? undefined : 'text/plain'), data), data }
}

export const dataUrl = (mediaType: string, data: string): string => `data:${mediaType};base64,${data}`

const EQUALS = 0x3d
const PERCENT = 0x25
const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/

/** Base64 of either alphabet, padded or not, broken into lines or not, as standard padded base64; else `undefined`. */
export const standardBase64 = (text: string): string | undefined => {
  if (text.length % 4 === 0 && STANDARD.test(text)) return text
  const letters = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/')
  // By hand: a regular expression for the signs at the end looks at every run of them.
  let end = letters.length
  while (letters.charCodeAt(end - 1) === EQUALS) end--
  const bare = letters.slice(0, end)
  if (bare.length % 4 === 1 || !STANDARD.test(bare)) return undefined
  return bare.padEnd(Math.ceil(bare.length / 4) * 4, '=')
}

const percentDecoded = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8')
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const high = bytes[at] === PERCENT ? digitOf(bytes[at + 1]) : undefined
    const low = high === undefined ? undefined : digitOf(bytes[at + 2])
    if (high === undefined || low === undefined) bytes[length++] = bytes[at] ?? 0
    else {
      bytes[length++] = high * 16 + low
      at += 2
    }
  }
  return bytes.subarray(0, length)
}

/** The value of a hexadecimal digit, by its code. */
const digitOf = (code = 0): number | undefined => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined
}

/** Other spellings of types that vendors take in one spelling only. */
const SPELLINGS: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/mp3': 'audio/mpeg',
  'application/x-pdf': 'application/pdf',
}

/** Containers whose first bytes do not tell sound from pictures: there the client's word counts. */
const CONTAINERS: Readonly<Record<string, RegExp>> = {
  'video/mp4': /^(video|audio)\/(mp4|x-m4v|m4a|x-m4a|aac|quicktime|3gpp)$/,
  'video/webm': /^(video|audio)\/(webm|x-matroska)$/,
  'audio/ogg': /^(video|audio|application)\/(ogg|opus)$/,
}

/**
 * The media type of base64 content: what its bytes say, else what the client said, else `application/octet-stream`.
 * Vendors refuse an image whose type contradicts its bytes.
 */
export const trueMediaType = (said: string | undefined, base64: string): string => {
  const bare = said?.split(';')[0]?.trim().toLowerCase() ?? ''
  const named = SPELLINGS[bare] ?? bare
  const sniffed = sniffMediaType(base64)
  if (sniffed === undefined) return named || UNKNOWN_TYPE
  return CONTAINERS[sniffed]?.test(named) ? named : sniffed
}

type Signature = readonly [mediaType: string, offset: number, bytes: string, offset2?: number, bytes2?: string]

/** From the WHATWG MIME Sniffing standard, and PDF, in the order they are tried; bytes as Latin-1 text. */
const SIGNATURES: readonly Signature[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/webp', 0, 'RIFF', 8, 'WEBP'],
  ['audio/wav', 0, 'RIFF', 8, 'WAVE'],
  ['application/pdf', 0, '%PDF-'],
  ['image/bmp', 0, 'BM', 6, '\0\0\0\0'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/avif', 4, 'ftypavif'],
  ['image/heic', 4, 'ftypheic'],
  ['image/heic', 4, 'ftypheix'],
  ['image/heif', 4, 'ftypmif1'],
  ['video/quicktime', 4, 'ftypqt'],
  ['audio/mp4', 4, 'ftypM4A'],
  ['video/mp4', 4, 'ftyp'],
  ['video/webm', 0, '\x1a\x45\xdf\xa3'],
  ['audio/ogg', 0, 'OggS\0'],
  ['audio/flac', 0, 'fLaC'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/mpeg', 0, '\xff\xfb'],
  ['audio/mpeg', 0, '\xff\xf3'],
  ['audio/mpeg', 0, '\xff\xf2'],
]

/** What the first bytes of base64 content say it is; `undefined` when they say nothing, as in text. */
export const sniffMediaType = (base64: string): string | undefined => {
  const head = Buffer.from(base64.slice(0, 64), 'base64').toString('latin1')
  const found = SIGNATURES.find(
    ([, offset, bytes, offset2 = 0, bytes2 = '']) => head.startsWith(bytes, offset) && head.startsWith(bytes2, offset2),
  )
  return found?.[0]
}
