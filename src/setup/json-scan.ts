import { err, ok, type Result } from '../result.ts'

/** A value inside a container, by its places in the text; `end` is the first place behind it. */
export interface Member {
  /** Between its quotes, as written; `undefined` in an array. */
  readonly key: string | undefined
  /** Of the key, or of the value where there is none. */
  readonly start: number
  readonly valueStart: number
  readonly valueEnd: number
  /** Of the comma behind it; -1: none. */
  readonly comma: number
}

/** An object or array. `close` is the place of its last bracket. */
export interface Container {
  readonly isArray: boolean
  readonly open: number
  readonly close: number
  readonly members: readonly Member[]
}

const DEPTH_MAX = 100
/** The byte order mark of UTF-8, a byte a character. */
export const BOM = '\u00ef\u00bb\u00bf'
const GAP = /(?:[ \t\r\n]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
const STRING = /"(?:[^"\\\n]|\\.)*"/y
const LITERAL = /-?\d[\d.eE+-]*|true|false|null/y

/** The first place from `at` that is neither white nor in a comment. */
export const skipGap = (text: string, at: number): number => {
  GAP.lastIndex = at
  GAP.test(text)
  return Math.max(GAP.lastIndex, at)
}

/** Where the document begins: behind a byte order mark, whitespace and comments. Texts are bytes, one a character. */
export const startOf = (text: string): number => skipGap(text, text.startsWith(BOM) ? BOM.length : 0)

const endBy = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

class Unreadable extends Error {
  readonly at: number
  constructor(at: number) {
    super('not JSON')
    this.at = at
  }
}

const scanValue = (text: string, at: number, depth: number): number => {
  const first = text[at]
  if (first === '{' || first === '[') return scan(text, at, depth).close + 1
  const end = first === '"' ? endBy(STRING, text, at) : endBy(LITERAL, text, at)
  if (end === -1) throw new Unreadable(at)
  return end
}

const scanMember = (text: string, start: number, isArray: boolean, depth: number): Member => {
  let valueStart = start
  let key: string | undefined
  if (!isArray) {
    const end = text[start] === '"' ? endBy(STRING, text, start) : -1
    const colon = end === -1 ? start : skipGap(text, end)
    if (text[colon] !== ':') throw new Unreadable(colon)
    key = text.slice(start + 1, end - 1)
    valueStart = skipGap(text, colon + 1)
  }
  const valueEnd = scanValue(text, valueStart, depth + 1)
  const next = skipGap(text, valueEnd)
  return { key, start, valueStart, valueEnd, comma: text[next] === ',' ? next : -1 }
}

const scan = (text: string, open: number, depth: number): Container => {
  if (depth > DEPTH_MAX) throw new Unreadable(open)
  const isArray = text[open] === '['
  const closing = isArray ? ']' : '}'
  const members: Member[] = []
  for (let at = skipGap(text, open + 1); ; ) {
    if (text[at] === closing) return { isArray, open, close: at, members }
    if (members.length > 0 && members.at(-1)?.comma === -1) throw new Unreadable(at)
    const member = scanMember(text, at, isArray, depth)
    members.push(member)
    at = skipGap(text, member.comma === -1 ? member.valueEnd : member.comma + 1)
  }
}

/** Reads the object that a whole document is, comments and commas at the end allowed; otherwise the line of the fault. */
export const scanDocument = (text: string): Result<Container, number> => {
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length
  const start = startOf(text)
  if (text[start] !== '{') return err(lineOf(start))
  try {
    const root = scan(text, start, 0)
    const end = skipGap(text, root.close + 1)
    return end === text.length ? ok(root) : err(lineOf(end))
  } catch (error) {
    if (error instanceof Unreadable) return err(lineOf(error.at))
    throw error
  }
}

/** The object or array at a place where the whole document was found readable. */
export const scanAt = (text: string, at: number): Container | undefined =>
  text[at] === '{' || text[at] === '[' ? scan(text, at, 0) : undefined
