import { err, ok, type Result } from '../result.ts'
import { appended, type Editor, linesOf, replaceLines } from './editor.ts'

/** A line that gives one name its value. */
interface Assignment {
  readonly line: number
  /** Everything before the value. */
  readonly before: string
  readonly value: string
  /** White and a comment behind the value. */
  readonly after: string
}

interface Syntax {
  /** Lines that give `name` a value; what stands before it in the first group, the rest in the second. */
  readonly assigns: (name: string) => RegExp
  readonly write: (name: string, raw: string) => string
  /** Why a file cannot be changed line by line; `undefined`: it can. */
  readonly foreign: (lines: readonly string[], found: Assignment | undefined) => string | undefined
}

/** Parts a value from white and a comment behind it; `undefined`: it is not whole on this line. */
const splitValue = (rest: string): { readonly value: string; readonly after: string } | undefined => {
  const quote = /^["']/.exec(rest)?.[0]
  if (quote === undefined) {
    const value = /^(?:#|.*?(?=[ \t]+#|[ \t]*$))/.exec(rest)?.[0] ?? ''
    return value === '#' ? { value: '', after: ` ${rest}` } : { value, after: rest.slice(value.length) }
  }
  const value = (quote === '"' ? /^"(?:[^"\\]|\\.)*"/ : /^'[^']*'/).exec(rest)?.[0]
  if (value === undefined) return undefined
  const after = rest.slice(value.length)
  return /^[ \t]*$|^[ \t]+#/.test(after) ? { value, after } : undefined
}

const find = (syntax: Syntax, text: string, name: string): Result<Assignment | undefined, string> => {
  const lines = linesOf(text)
  const pattern = syntax.assigns(name)
  let found: Assignment | undefined
  for (const [line, content] of lines.entries()) {
    const [, before = '', rest = ''] = pattern.exec(content) ?? []
    if (before === '') continue
    const parts = splitValue(rest)
    if (!parts) return err(`has a value of ${name} that is not on one line`)
    found = { line, before, ...parts }
  }
  const foreign = syntax.foreign(lines, found)
  return foreign === undefined ? ok(found) : err(foreign)
}

const lineEditor = (syntax: Syntax): Editor => ({
  get: (text, [name = '']) => {
    const found = find(syntax, text, name)
    return found.ok ? ok(found.value?.value) : found
  },
  set: (text, [name = ''], raw) => {
    const found = find(syntax, text, name)
    if (!found.ok) return found
    if (!found.value) return ok(appended(text, syntax.write(name, raw)))
    const { line, before, after } = found.value
    const gap = /[:=]$/.test(before) && syntax.write('', '').endsWith(' ') ? ' ' : ''
    return ok(replaceLines(text, line, 1, [before + gap + raw + after]))
  },
  remove: (text, [name = '']) => {
    const found = find(syntax, text, name)
    return found.ok ? ok(found.value ? replaceLines(text, found.value.line, 1, []) : text) : found
  },
  isBlank: (text) => text.trim() === '',
})

/** `NAME=value`, as dotenv reads it: the last of several counts. */
export const dotenv: Editor = lineEditor({
  assigns: (name) => new RegExp(`^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=)[ \\t]*(.*)$`),
  write: (name, raw) => `${name}=${raw}`,
  foreign: () => undefined,
})

const NOT_SIMPLE = /^[|>&*[{!]/

/** `name: value` at the outermost level of a YAML file. Whatever is indented belongs to something else. */
export const yaml: Editor = lineEditor({
  assigns: (name) => new RegExp(`^(${name}[ \\t]*:(?=[ \\t]|$)[ \\t]*)(.*)$`),
  write: (name, raw) => `${name}: ${raw}`,
  foreign: (lines, found) => {
    if (lines.some((line, index) => /^(?:\.\.\.|---)(?:\s|$)/.test(line) && lines.slice(0, index).some(isContent)))
      return 'has several documents in it'
    if (!found) return undefined
    const next = lines.slice(found.line + 1).find(isContent)
    const goesOn = next !== undefined && /^(?:[ \t]|-(?:[ \t]|$))/.test(next)
    return NOT_SIMPLE.test(found.value) || goesOn
      ? `has a value at ${found.before.trim()} that is not on one line`
      : undefined
  },
})

const isContent = (line: string): boolean =>
  !/^[ \t]*(?:#.*|%.*|---\s*)?$/.test(line.replace(/^\u00ef\u00bb\u00bf/, ''))
