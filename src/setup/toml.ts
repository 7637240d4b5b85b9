import { err, ok, type Result } from '../result.ts'
import { appended, type Editor, linesOf, replaceLines } from './editor.ts'

/** What one line of a TOML file says. `path` has the names from the outermost table on. */
interface Entry {
  readonly line: number
  readonly kind: 'table' | 'key'
  readonly path: readonly string[]
  /** Where a value is written, in characters of its line, and the line on which it ends. */
  readonly from: number
  readonly to: number
  readonly lastLine: number
}

const PART = /^[ \t]*(?:([A-Za-z0-9_-]+)|"([^"\\]*)"|'([^']*)')[ \t]*/

/** Reads a dotted name; what is left of the line behind it. */
const readName = (text: string): { readonly path: readonly string[]; readonly rest: string } | undefined => {
  const path: string[] = []
  for (let rest = text; ; ) {
    const part = PART.exec(rest)
    if (!part) return undefined
    path.push(part[1] ?? part[2] ?? part[3] ?? '')
    rest = rest.slice(part[0].length)
    if (!rest.startsWith('.')) return { path, rest }
    rest = rest.slice(1)
  }
}

/** Where a value that begins at a place of a line ends; brackets and texts of several lines are followed. */
const endOfValue = (
  lines: readonly string[],
  start: number,
  column: number,
): { line: number; to: number } | undefined => {
  let depth = 0
  let quote = ''
  for (let line = start, at = column; line < lines.length; line += 1, at = 0) {
    const text = lines[line] ?? ''
    let to = at
    while (at < text.length) {
      const char = text[at] ?? ''
      if (quote !== '') {
        if (char === '\\' && quote.startsWith('"')) at += 1
        else if (text.startsWith(quote, at)) {
          at += quote.length - 1
          quote = ''
        }
      } else if (char === '"' || char === "'") {
        quote = text.startsWith(char.repeat(3), at) ? char.repeat(3) : char
        at += quote.length - 1
      } else if (char === '#') break
      else if (char === '[' || char === '{') depth += 1
      else if (char === ']' || char === '}') depth -= 1
      at += 1
      if (!/\s/.test(char)) to = at
    }
    if (quote.length === 1 || depth < 0) return undefined
    if (quote === '' && depth === 0) return { line, to }
  }
  return undefined
}

const entryOf = (lines: readonly string[], line: number, table: readonly string[]): Entry | undefined | 'fault' => {
  const content = (lines[line] ?? '').replace(line === 0 ? /^\u00ef\u00bb\u00bf/ : /^$/, '   ')
  if (/^[ \t]*(?:#.*)?$/.test(content)) return undefined
  const isList = /^[ \t]*\[\[/.test(content)
  if (/^[ \t]*\[/.test(content)) {
    const name = readName(content.replace(/^[ \t]*\[\[?/, ''))
    const path = name && /^\]/.test(name.rest) ? name.path : undefined
    // What is below a list of tables belongs to its last one: none of it is a name that is looked for here.
    return path
      ? { line, kind: 'table', path: isList ? ['[]', ...path] : path, from: 0, to: 0, lastLine: line }
      : 'fault'
  }
  const name = readName(content)
  if (!name?.rest.startsWith('=')) return 'fault'
  const from = content.length - name.rest.slice(1).trimStart().length
  const end = endOfValue(lines, line, from)
  if (!end) return 'fault'
  return { line, kind: 'key', path: [...table, ...name.path], from, to: end.to, lastLine: end.line }
}

const read = (text: string): Result<{ lines: string[]; entries: Entry[] }, string> => {
  const lines = linesOf(text)
  const entries: Entry[] = []
  let table: readonly string[] = []
  for (let line = 0; line < lines.length; line += 1) {
    const entry = entryOf(lines, line, table)
    if (entry === 'fault') return err(`is not TOML that can be read (line ${line + 1})`)
    if (!entry) continue
    entries.push(entry)
    if (entry.kind === 'table') table = entry.path
    line = entry.lastLine
  }
  return ok({ lines, entries })
}

const isSame = (left: readonly string[], right: readonly string[]): boolean => left.join('\n') === right.join('\n')
const isAbove = (above: readonly string[], path: readonly string[]): boolean =>
  above.length < path.length && isSame(above, path.slice(0, above.length))

/** Of one line: what is on several was not written by a set-up. */
const valueIn = (lines: readonly string[], entry: Entry): Result<string, string> =>
  entry.lastLine === entry.line
    ? ok((lines[entry.line] ?? '').slice(entry.from, entry.to))
    : err(`has a value of ${entry.path.join('.')} that is not on one line`)

/** TOML: values by the names of their tables and their own. */
export const toml: Editor = {
  get: (text, path) => {
    const found = read(text)
    if (!found.ok) return found
    const entry = found.value.entries.find((one) => one.kind === 'key' && isSame(one.path, path))
    return entry ? valueIn(found.value.lines, entry) : ok(undefined)
  },
  set: (text, path, raw) => {
    const found = read(text)
    if (!found.ok) return found
    const { lines, entries } = found.value
    const entry = entries.find((one) => one.kind === 'key' && isSame(one.path, path))
    if (!entry) return add(text, entries, path, raw)
    const value = valueIn(lines, entry)
    if (!value.ok) return value
    const content = lines[entry.line] ?? ''
    return ok(replaceLines(text, entry.line, 1, [content.slice(0, entry.from) + raw + content.slice(entry.to)]))
  },
  remove: (text, path) => {
    const found = read(text)
    if (!found.ok) return found
    const entry = found.value.entries.find((one) => one.kind === 'key' && isSame(one.path, path))
    return ok(
      entry ? withoutEmptyTable(replaceLines(text, entry.line, entry.lastLine - entry.line + 1, []), path) : text,
    )
  },
  isBlank: (text) => text.trim() === '',
}

const add = (text: string, entries: readonly Entry[], path: readonly string[], raw: string): Result<string, string> => {
  const table = path.slice(0, -1)
  const line = `${path.at(-1) ?? ''} = ${raw}`
  if (entries.some((entry) => entry.kind === 'key' && isAbove(entry.path, path)))
    return err(`has ${table.join('.')} written in one line, where nothing can be added`)
  const inside = entries.filter((entry) => entry.kind === 'key' && isSame(entry.path.slice(0, -1), table))
  const header = entries.find((entry) => entry.kind === 'table' && isSame(entry.path, table))
  if (table.length > 0 && !header) {
    if (inside.length > 0) return err(`has ${table.join('.')} written without a table of its own`)
    const gap = text.trim() === '' || /\n[ \t]*\r?\n$/.test(text) ? [] : ['']
    return ok(appended(text, ...gap, `[${table.join('.')}]`, line))
  }
  const firstTable = entries.find(({ kind }) => kind === 'table')
  const last = inside.at(-1) ?? (table.length > 0 ? header : undefined)
  if (last) return ok(replaceLines(text, last.lastLine + 1, 0, [line]))
  return ok(firstTable ? replaceLines(text, 0, 0, [line, '']) : appended(text, line))
}

/** Takes the table of a path away, and the empty line before it, where nothing is left in it. */
const withoutEmptyTable = (text: string, path: readonly string[]): string => {
  const found = read(text)
  const table = path.slice(0, -1)
  if (!found.ok || table.length === 0) return text
  const { entries, lines } = found.value
  const index = entries.findIndex((entry) => entry.kind === 'table' && isSame(entry.path, table))
  const header = entries[index]
  if (!header || entries[index + 1]?.kind === 'key') return text
  const from = header.line > 0 && lines[header.line - 1]?.trim() === '' ? header.line - 1 : header.line
  return replaceLines(text, from, header.line - from + 1, [])
}
