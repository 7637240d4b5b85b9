import { bufferOf } from '../bytes.ts'
import { Buffer } from 'node:buffer'

import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import type { Scan } from './scan.ts'

/** One part of a form: its name, and where it lies in the bytes (`end` is exclusive). Its content is not decoded. */
export interface FormPart {
  readonly name: string
  /** Set for a file, also where it is empty. */
  readonly fileName: string | undefined
  /** Where its delimiter begins, and where the next one does: cutting that out leaves a form without the part. */
  readonly start: number
  readonly end: number
  readonly valueStart: number
  readonly valueEnd: number
}

const PARTS_MAX = 256
/** Names of files can be long; nothing else in a part's head is. */
const HEAD_BYTES_MAX = 8_192
/** RFC 2046, 5.1.1: what a boundary may be made of. A space is allowed there and in nobody's use. */
const BOUNDARY = /^[\w'()+,./:=?-]{1,70}$/

const CRLF = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')
const DASH = 0x2d
const CR = 0x0d
const LF = 0x0a

/**
 * Finds the parts of a `multipart/form-data` body (RFC 7578) without decoding any. Strict where parsers differ, so that
 * the upstream cannot read another form out of the same bytes: line ends are CRLF, nothing stands before the first
 * delimiter or behind the last, the boundary occurs nowhere else at a line's beginning, and names need no unescaping.
 */
export const scanMultipart = (bytes: Uint8Array, contentType: string): Result<Scan, GatewayError> => {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return err(NO_BOUNDARY)
  const text = bufferOf(bytes)
  const found = delimitersOf(text, Buffer.from(`--${boundary}`))
  if (!found.ok) return found
  const parts: FormPart[] = []
  for (const [index, delimiter] of found.value.entries()) {
    const next = found.value[index + 1]
    if (!next) break
    const part = readPart(text, delimiter, next, index)
    if (!part.ok) return part
    parts.push(part.value)
  }
  return ok(formScan(text, parts))
}

const formScan = (bytes: Uint8Array, form: readonly FormPart[]): Scan => {
  let [textBytes, mediaCount, fileBytes] = [0, 0, 0]
  for (const { fileName, valueStart, valueEnd } of form) {
    if (fileName === undefined) textBytes += valueEnd - valueStart
    else {
      mediaCount += 1
      fileBytes += valueEnd - valueStart
    }
  }
  // Bounds on media are by their base64.
  const mediaBytes = Math.ceil(fileBytes / 3) * 4
  return { bytes, members: new Map(), textBytes, mediaCount, mediaBytes, storedReferences: 0, form }
}

const NO_BOUNDARY = fault(
  'invalid-request',
  'the content-type of a form must be multipart/form-data with one boundary of 1 to 70 letters, digits and plain signs',
  { param: 'content-type', issue: 'has no valid boundary' },
)

/** Whether a content type is that of a form. */
export const isMultipart = (contentType: string | null): contentType is string =>
  contentType !== null && /^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType)

/** The boundary that a content type names, exactly once. */
const boundaryOf = (contentType: string): string | undefined => {
  const [, ...parameters] = contentType.split(';')
  const [named, ...others] = parameters.filter((one) => /^\s*boundary/i.test(one))
  const match = /^\s*boundary=(?:"([^"\\]*)"|([^"\s]*))\s*$/i.exec(named ?? '')
  const boundary = match?.[1] ?? match?.[2] ?? ''
  return others.length === 0 && BOUNDARY.test(boundary) ? boundary : undefined
}

/** A delimiter: where its dashes begin, where the line before it ends, where what follows its line begins. */
interface Delimiter {
  readonly start: number
  readonly before: number
  readonly after: number
}

/** All delimiters, the closing one last. */
const delimitersOf = (text: Buffer, dashed: Buffer): Result<readonly Delimiter[], GatewayError> => {
  const found: Delimiter[] = []
  // Some clients end the line above, which is none, before they begin.
  const first = text.subarray(0, 2).equals(CRLF) ? 2 : 0
  for (let at = text.indexOf(dashed); at !== -1; at = text.indexOf(dashed, at + dashed.length)) {
    if (at !== first && text[at - 1] !== LF) continue
    const begins = at === first || text[at - 2] === CR
    const end = at + dashed.length
    const closes = text[end] === DASH && text[end + 1] === DASH
    const continues = text[end] === CR && text[end + 1] === LF
    if (!begins || (found.length === 0 && at !== first))
      return err(malformed(at, 'the form must begin with its boundary, after CRLF'))
    if (closes) return closed(text, end + 2, [...found, { start: at, before: at - 2, after: end + 2 }])
    if (!continues)
      return err(malformed(at, 'a delimiter must be followed by CRLF, and the boundary must not occur in a part'))
    if (found.length === PARTS_MAX) return err(malformed(at, `a form may have at most ${PARTS_MAX} parts`))
    found.push({ start: at, before: at - 2, after: end + 2 })
  }
  const last = found.at(-1)
  if (!last) return err(malformed(0, 'the form must begin with the boundary that the content-type names'))
  const name = nameAt(text, last.after)
  const where = name === undefined ? 'its last part' : `\`${name}\``
  const message = `the form ends inside ${where}, before its closing boundary; send all of it`
  return err(fault('invalid-request', message, { param: name ?? 'body', issue: 'is cut off' }))
}

const closed = (
  text: Buffer,
  from: number,
  found: readonly Delimiter[],
): Result<readonly Delimiter[], GatewayError> => {
  for (let at = from; at < text.length; at++) {
    const byte = text[at]
    if (byte !== CR && byte !== LF && byte !== 0x20)
      return err(malformed(at, 'nothing may follow the closing boundary'))
  }
  return found.length > 1 ? ok(found) : err(EMPTY)
}

const EMPTY = fault('invalid-request', 'the form has no parts; send at least `model`', {
  param: 'model',
  issue: 'missing; the form has no parts',
})

const malformed = (at: number, what: string, param?: string): GatewayError =>
  fault('invalid-request', `the multipart form is malformed at byte ${at}: ${what}`, {
    param: param ?? 'body',
    issue: what,
  })

const readPart = (text: Buffer, from: Delimiter, next: Delimiter, index: number): Result<FormPart, GatewayError> => {
  // A part without any header begins with the blank line itself.
  const blank = text.indexOf(HEAD_END, from.after - CRLF.length)
  const valueStart = blank + HEAD_END.length
  if (blank === -1 || valueStart > next.before + CRLF.length || valueStart - from.after > HEAD_BYTES_MAX)
    return err(
      malformed(from.after, `part ${index + 1} must have a head of at most ${HEAD_BYTES_MAX} bytes and a blank line`),
    )
  if (valueStart > next.before)
    return err(malformed(from.after, `part ${index + 1} has no content behind its blank line`))
  const head = blank < from.after ? '' : text.toString('utf8', from.after, blank)
  const named = readHead(head)
  if (typeof named === 'string') return err(malformed(from.after, `part ${index + 1} ${named}`, nameIn(head)))
  return ok({ ...named, start: from.start, end: next.start, valueStart, valueEnd: next.before })
}

/** The name and file name in a part's head; or what is wrong with it. */
const readHead = (head: string): Pick<FormPart, 'name' | 'fileName'> | string => {
  const lines = head.split('\r\n')
  if (lines.some((line) => /^[ \t]|[\r\n\0]/.test(line) || !line.includes(':')))
    return 'has a header line that is not `Name: value`'
  const valuesOf = (name: string): string[] =>
    lines.flatMap((line) =>
      line.slice(0, line.indexOf(':')).trim().toLowerCase() === name ? [line.slice(line.indexOf(':') + 1).trim()] : [],
    )
  const encoding = valuesOf('content-transfer-encoding')
  if (encoding.some((one) => !/^(?:7bit|8bit|binary)$/i.test(one))) return 'must not be encoded for transfer'
  const [disposition, ...others] = valuesOf('content-disposition')
  if (disposition === undefined || others.length > 0) return 'must have one Content-Disposition header'
  return readDisposition(disposition)
}

/** `name="…"; filename="…"`, quoted or a plain word. */
const PARAMETER = /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^";\s]+))\s*/y

const readDisposition = (text: string): Pick<FormPart, 'name' | 'fileName'> | string => {
  const kind = /^form-data\s*(?=;)/i.exec(text)
  if (!kind) return 'must be `form-data` with a name'
  const found = new Map<string, string>()
  PARAMETER.lastIndex = kind[0].length
  while (PARAMETER.lastIndex < text.length) {
    const match = PARAMETER.exec(text)
    if (!match) return 'has a Content-Disposition that is not `form-data; name="…"`'
    const key = (match[1] ?? '').toLowerCase()
    if (found.has(key)) return `names its ${key} twice`
    found.set(key, match[2] ?? match[3] ?? '')
  }
  const name = found.get('name')
  if (name === undefined || name === '' || name.length > 256) return 'must have a name of 1 to 256 characters'
  if (found.has('name*') || /[\\%\p{Cc}]/u.test(name)) return 'must have a name that is written without escapes'
  return { name, fileName: found.get('filename') ?? found.get('filename*') }
}

/** The name of a part as far as it can be made out, for a message. */
const nameIn = (head: string): string | undefined => /\bname="([\w[\].-]{1,64})"/i.exec(head)?.[1]

const nameAt = (text: Buffer, at: number): string | undefined =>
  nameIn(text.toString('latin1', at, at + HEAD_BYTES_MAX))
