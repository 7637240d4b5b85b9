import { bufferOf } from '../bytes.ts'
import type { Observation } from '../canon/protocol.ts'
import type { AnswerFormat } from './answer-format.ts'
import { type JsonObject, isObject, parseJson } from './json.ts'
import { learn, noneEnded, nothingKnown } from './known.ts'

const UNREADABLE: Observation = {
  usage: undefined,
  rawUsage: undefined,
  terminal: false,
  contentSeen: false,
  error: undefined,
}

const parseBytes = (body: Uint8Array): unknown => {
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
  return parseJson(bufferOf(body).toString('utf8', start))
}

/** Whether an object is an answer of this format at all. */
const isAnswer = (format: AnswerFormat, body: JsonObject): boolean =>
  format.bodyKeys.some((key) => body[key] !== undefined && body[key] !== null)

/**
 * Reads a whole answer. A list is read as its elements (Gemini sends streams and some errors so). White space before the
 * body is fine; what cannot be parsed, or has nothing in it that answers of the format have, is an observation that saw
 * no end. An error beside content leaves content and usage as they were read.
 */
export const readWhole = (format: AnswerFormat, body: Uint8Array): Observation => {
  const value = parseBytes(body)
  const parts = (Array.isArray(value) ? value : [value]).filter(isObject)
  if (parts.length === 0) return UNREADABLE
  const known = nothingKnown()
  const answers = noneEnded()
  for (const part of parts) learn(format, known, format.read(part), answers)
  // An answer that parses arrived whole, whether or not it says so.
  if (known.error === undefined && parts.some((part) => isAnswer(format, part))) known.terminal = true
  return known
}

/** Below this, parsing all of an answer costs less than being clever. */
const TAIL_WORTHWHILE_BYTES = 8_192

/**
 * Reads an answer that is mostly numbers. Its usage usually comes last, and the rest of the bytes after the last
 * `"usage"` are then the tail of one object: when `{` + tail parses, that key was at the top level.
 */
export const readFromTail = (format: AnswerFormat, body: Uint8Array, quotedKey: Buffer): Observation => {
  const bytes = bufferOf(body)
  if (bytes.length < TAIL_WORTHWHILE_BYTES) return readWhole(format, body)
  const at = bytes.lastIndexOf(quotedKey)
  const isBefore = (key: string): boolean => bytes.indexOf(`"${key}"`) < at && bytes.includes(`"${key}"`)
  // Without the numbers before it, the body is no such answer, or is another kind of one.
  const tail = at !== -1 && format.bodyKeys.some(isBefore) ? parseJson(`{${bytes.toString('utf8', at)}`) : undefined
  if (!isObject(tail)) return readWhole(format, body)
  const known = nothingKnown()
  learn(format, known, { ...format.read(tail), terminal: true, content: true })
  return known
}

/** The answer to a token count: nothing in it is billed, so all there is to know is whether it arrived whole. */
export const readTokenCount = (format: AnswerFormat, body: Uint8Array): Observation => {
  const value = parseBytes(body)
  if (!isObject(value)) return UNREADABLE
  const { error } = format.read(value)
  return { ...UNREADABLE, terminal: error === undefined, error }
}

/** Text, reasoning and tool arguments of a whole answer; empty when it cannot be read. */
export const textOfWhole = (format: AnswerFormat, body: Uint8Array): string => {
  const value = parseBytes(body)
  const parts = (Array.isArray(value) ? value : [value]).filter(isObject)
  return parts.map((part) => format.textIn(part)).join('')
}
