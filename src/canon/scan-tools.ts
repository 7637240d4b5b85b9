import { unescaped } from './scan-parts.ts'
import { BRACE, BRACKET, QUOTE, startsWith, stringEnd } from './scan-tokens.ts'
import type { DeclaredTools } from './scan.ts'

/** What the tools of a body are declared as, while it is scanned. */
export interface ToolWords extends DeclaredTools {
  readonly types: Set<string>
  readonly members: Set<string>
}

export const noToolWords = (): ToolWords => ({ types: new Set(), members: new Set() })

/** The body is an object, its `tools` a list, and each of them an object. */
export const TOOL_DEPTH = 3

/** More words than anybody declares, and longer ones: what is beyond is no word that anybody knows. */
const WORDS_MAX = 64
const WORD_BYTES_MAX = 400
const UNKNOWN = '?'
const TYPE = Buffer.from('"type"')
const FUNCTION = Buffer.from('"function"')
/** `type` with every letter written as an escape, quotes included. */
const ESCAPED_TYPE_BYTES = 26

/** Notes a member of a declared tool: its key at `[start, end)`, quotes included, and where its value stands. */
export const noteToolMember = (words: ToolWords, text: Buffer, start: number, end: number, value: number): void => {
  const first = text[value]
  if (first === BRACE || first === BRACKET) note(words.members, text, start, end)
  else if (first === QUOTE && isType(text, start, end)) note(words.types, text, value, stringEnd(text, value))
}

const isType = (text: Buffer, start: number, end: number): boolean => {
  if (end - start === TYPE.length) return startsWith(text, start, TYPE)
  // An escape adds five bytes.
  if ((end - start - TYPE.length) % 5 !== 0 || end - start > ESCAPED_TYPE_BYTES) return false
  return unescaped(text, start, end) === 'type'
}

const note = (words: Set<string>, text: Buffer, start: number, end: number): void => {
  if (end <= start) return
  // What nearly every tool is, in a hundred tools as in one.
  if (end - start === FUNCTION.length && startsWith(text, start, FUNCTION)) words.add('function')
  else words.add(isOdd(words, start, end) ? UNKNOWN : unescaped(text, start, end))
}

const isOdd = (words: ReadonlySet<string>, start: number, end: number): boolean =>
  words.size >= WORDS_MAX || end - start > WORD_BYTES_MAX
