import type { Result } from '../result.ts'

/** Why a file is left alone, as the rest of a sentence that begins with its name. */
export type Refusal = { readonly ok: false; readonly error: string }

/**
 * Changes one thing in a file of one syntax and leaves every other byte as it is. Texts hold bytes, one a character, so
 * that whatever is in the file comes out as it went in. Values are written as the syntax has them, quotes included.
 */
export interface Editor {
  /** The value as written; `undefined`: there is none. */
  get(text: string, path: readonly string[]): Result<string | undefined, string>
  /** The text with the value in place of the present one, or added. */
  set(text: string, path: readonly string[], raw: string): Result<string, string>
  /** The text without it. */
  remove(text: string, path: readonly string[]): Result<string, string>
  /** Whether nothing but what an editor itself would begin a file with is left. */
  isBlank(text: string): boolean
}

/** How the lines of a text end: as its first one does. */
export const lineEndOf = (text: string): '\n' | '\r\n' => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n')

/** A line of a file, without its end. */
export const linesOf = (text: string): string[] => text.split('\n').map((line) => line.replace(/\r$/, ''))

/** A text with lines at its end. A last line without an end keeps the file's way of having none. */
export const appended = (text: string, ...lines: readonly string[]): string => {
  const end = lineEndOf(text)
  const written = lines.join(end)
  if (text === '') return `${written}${end}`
  return text.endsWith('\n') ? `${text}${written}${end}` : `${text}${end}${written}`
}

/** Replaces whole lines, counted from 0, ends kept as they are; `undefined` takes them away. */
export const replaceLines = (text: string, from: number, count: number, by: readonly string[]): string => {
  const parts = text.split('\n')
  if (from >= parts.length) return by.length > 0 ? appended(text, ...by) : text
  const end = lineEndOf(text) === '\r\n' ? '\r' : ''
  const isAtEnd = from + count >= parts.length
  // A line that takes another's place keeps its end, in files that have ends of both kinds too.
  const ownEnd = (index: number): string => (parts[from + index]?.endsWith('\r') ? '\r' : '')
  const written = by.map((line, index) => {
    if (count === by.length) return `${line}${ownEnd(index)}`
    return isAtEnd && index === by.length - 1 ? line : `${line}${end}`
  })
  return [...parts.slice(0, from), ...written, ...parts.slice(from + count)].join('\n')
}
