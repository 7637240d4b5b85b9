import { err, ok, type Result } from '../../result.ts'

/** The head of an answer, and what it says about the bytes behind it. */
export interface AnswerHead {
  readonly status: number
  readonly headers: Headers
  readonly framing: Framing
  /** Whether the connection can be used again after the body. */
  readonly keepAlive: boolean
  /** How long the server keeps it, where it says so. */
  readonly keepAliveMs: number | undefined
  readonly contentCoding: string | undefined
}

/** How a body ends: it has none, a known length (in bytes), chunks, or the connection's end. */
export type Framing = 'none' | 'chunked' | 'until-close' | number

/** RFC 9112 §4. The reason phrase is of no use to anyone. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
/** RFC 9112 §5: no space before the colon, no line that continues the one before; spaces around a value are not its. */
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/
const HEADERS_MAX = 200
const LENGTH_DIGITS_MAX = 15

/**
 * Parses an answer's head: `text` without the empty line at its end, one character a byte. Strict where leniency lets
 * two readers disagree about where an answer ends.
 */
export const parseAnswerHead = (text: string, method: string): Result<AnswerHead, string> => {
  const lines = text.split('\r\n')
  const statusLine = STATUS_LINE.exec(lines[0] ?? '')
  if (!statusLine) return err('no status line')
  if (lines.length > HEADERS_MAX + 1) return err(`more than ${HEADERS_MAX} headers`)
  const hop: Hop = { length: undefined, coding: undefined, connection: '', keepAlive: '' }
  const headers = new Headers()
  let contentCoding: string | undefined
  for (let index = 1; index < lines.length; index += 1) {
    const line = HEADER_LINE.exec(lines[index] ?? '')
    if (!line) return err('a header line that is none')
    const name = (line[1] ?? '').toLowerCase()
    const value = (line[2] ?? '').trimEnd()
    const fault = noteHop(hop, name, value)
    if (fault !== undefined) return err(fault)
    if (name === 'content-encoding')
      contentCoding = contentCoding === undefined ? value.toLowerCase() : `${contentCoding}, ${value.toLowerCase()}`
    headers.append(name, value)
  }
  const status = Number(statusLine[2])
  const version = statusLine[1] === '1' ? 1 : 0
  const framing = framingOf(hop, status, method, version)
  if (!framing.ok) return framing
  const keepAlive = framing.value !== 'until-close' && isKeptAlive(hop, version)
  return ok({ status, headers, framing: framing.value, keepAlive, keepAliveMs: keepAliveMsOf(hop), contentCoding })
}

/** The headers about the message and the connection. */
interface Hop {
  length: string | undefined
  coding: string | undefined
  connection: string
  keepAlive: string
}

const noteHop = (hop: Hop, name: string, value: string): string | undefined => {
  switch (name) {
    case 'content-length': {
      // RFC 9110 §8.6: the same length said twice, in one header or in two, may be taken for once.
      for (const length of value.split(',')) {
        const digits = length.trim()
        if (!/^\d+$/.test(digits) || digits.length > LENGTH_DIGITS_MAX) return 'a content length that is no number'
        if (hop.length !== undefined && Number(hop.length) !== Number(digits)) return 'two different content lengths'
        hop.length = digits
      }
      return undefined
    }
    case 'transfer-encoding':
      if (hop.coding !== undefined || value.toLowerCase() !== 'chunked') return 'a transfer coding that is not known'
      hop.coding = value
      return undefined
    case 'connection':
      hop.connection += `,${value.toLowerCase()}`
      return undefined
    case 'keep-alive':
      hop.keepAlive = value
      return undefined
    default:
      return undefined
  }
}

/** RFC 9112 §6.3, less its concessions: two framings at once are how an answer is smuggled behind another. */
const framingOf = (hop: Hop, status: number, method: string, version: number): Result<Framing, string> => {
  if (hop.coding !== undefined && hop.length !== undefined) return err('a content length and a transfer coding at once')
  if (hop.coding !== undefined && version === 0) return err('a transfer coding in HTTP/1.0')
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return ok('none')
  if (hop.coding !== undefined) return ok('chunked')
  return ok(hop.length === undefined ? 'until-close' : Number(hop.length))
}

const isKeptAlive = ({ connection }: Hop, version: number): boolean => {
  if (connection === '') return version === 1
  const options = connection.split(',').map((option) => option.trim())
  return !options.includes('close') && (version === 1 || options.includes('keep-alive'))
}

const keepAliveMsOf = ({ keepAlive }: Hop): number | undefined => {
  if (keepAlive === '') return undefined
  const seconds = /(?:^|[,\s])timeout\s*=\s*"?(\d{1,9})/i.exec(keepAlive)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1_000
}
