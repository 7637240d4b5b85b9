import type { Usage } from '../canon/usage.ts'
import type { JsonObject } from './json.ts'

/** What one event of a stream, or one whole answer, says. Absent means it says nothing of that. */
export interface Reading {
  /** The vendor's usage object as it stands. */
  readonly usage?: JsonObject | undefined
  readonly terminal?: boolean
  readonly content?: boolean
  readonly error?: string | undefined
  /** Nothing but usage: the chunk OpenAI sends last when asked for it. */
  readonly usageOnly?: boolean
}

/** How the answers of one wire format are read. Functions only: the same ones serve streams and whole answers. */
export interface AnswerFormat {
  /**
   * Whether a stream's event can change what is known, judged from its bytes without parsing it. It may say yes for
   * nothing, never no for something: keys are searched with their quotes, which cannot occur inside JSON strings.
   */
  matters(event: Buffer, contentSeen: boolean): boolean
  read(event: JsonObject): Reading
  /** Usage reports are cumulative: the newest stands. Only a format that spreads one report over events overrides this. */
  mergeUsage?(before: JsonObject, now: JsonObject): JsonObject
  readUsage(raw: JsonObject): Usage | undefined
  /** The text, reasoning and tool arguments that one event delivers. */
  textIn(event: JsonObject): string
  /** Whether `data: [DONE]` ends this format's streams. */
  readonly endsWithDone: boolean
}

const COLON = 0x3a
const LETTER_N = 0x6e

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09

/** Whether some `"key"` in these bytes has a value other than null. `quotedKey` includes its quotes. */
export const hasValue = (event: Buffer, quotedKey: Buffer): boolean => {
  for (let at = event.indexOf(quotedKey); at !== -1; at = event.indexOf(quotedKey, at)) {
    at += quotedKey.length
    while (isSpace(event[at])) at += 1
    if (event[at] !== COLON) continue
    at += 1
    while (isSpace(event[at])) at += 1
    if (event[at] !== LETTER_N) return true
  }
  return false
}

const ERROR_TEXT_MAX = 2_000

/** An upstream's error in its own words, whatever shape it takes: a string, `{message}`, or an object nobody has described. */
export const errorText = (error: unknown): string | undefined => {
  if (error === undefined || error === null || error === false) return undefined
  if (typeof error === 'string') return error.slice(0, ERROR_TEXT_MAX)
  if (typeof error === 'object' && 'message' in error && typeof error.message === 'string')
    return error.message.slice(0, ERROR_TEXT_MAX)
  return JSON.stringify(error).slice(0, ERROR_TEXT_MAX)
}
