import { err, ok, type Result } from '../result.ts'
import { BOM, type Container, type Member, scanAt, scanDocument, startOf } from './json-scan.ts'
import type { Editor, Refusal } from './editor.ts'
import { lineEndOf } from './editor.ts'

const ELEMENT = /^\[([^=\]]+)=([^\]]*)\]$/

const isElement = (segment: string | undefined): boolean => segment?.startsWith('[') ?? false

/** The member a segment names: a key, the last of several; in an array `[id=…]`, the object with that member. */
const memberOf = (text: string, container: Container, segment: string): Member | undefined => {
  if (!container.isArray) return container.members.findLast(({ key }) => key === segment)
  const [, name = '', value = ''] = ELEMENT.exec(segment) ?? []
  return container.members.find(({ valueStart }) => {
    const inside = scanAt(text, valueStart)
    const found = inside?.members.find(({ key }) => key === name)
    return found !== undefined && text.slice(found.valueStart, found.valueEnd) === `"${value}"`
  })
}

/** JSON as clients write it, with comments and commas at the end. A path names members from the outside in. */
export const json: Editor = {
  get: (text, path) => {
    const root = isBlank(text) ? undefined : scanDocument(text)
    if (root === undefined) return ok(undefined)
    if (!root.ok) return unreadable(root.error)
    let at = root.value.open
    let end = root.value.close + 1
    for (const segment of path) {
      const container = scanAt(text, at)
      const member = container && memberOf(text, container, segment)
      if (!member) return ok(undefined)
      at = member.valueStart
      end = member.valueEnd
    }
    return ok(text.slice(at, end))
  },
  set: (text, path, raw) => set(isBlank(text) ? withObject(text) : text, path, raw, 0),
  remove: (text, path) => {
    const found = containerOf(text, path)
    if (!found.ok || found.value === undefined) return found.ok ? ok(text) : found
    const segment = path.at(-1) ?? ''
    const member = memberOf(text, found.value, segment)
    return ok(member ? cut(text, found.value, member) : text)
  },
  isBlank: (text) => /^\{\s*\}$/.test(text.slice(startOf(text)).trim()) || isBlank(text),
}

/** Nothing but white and comments. */
const isBlank = (text: string): boolean => startOf(text) >= text.length

const withObject = (text: string): string => {
  const end = lineEndOf(text)
  const rest = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
  return `${rest}${rest === '' || rest === BOM ? '' : end}{}${end}`
}

const unreadable = (line: number): Refusal => err(`is not JSON that can be read (line ${line})`)

/** The container that the last segment of a path is looked for in. */
const containerOf = (text: string, path: readonly string[]): Result<Container | undefined, string> => {
  const root = isBlank(text) ? undefined : scanDocument(text)
  if (root === undefined) return ok(undefined)
  if (!root.ok) return unreadable(root.error)
  let container: Container | undefined = root.value
  for (const segment of path.slice(0, -1)) {
    const member: Member | undefined = container && memberOf(text, container, segment)
    container = member && scanAt(text, member.valueStart)
  }
  return ok(container)
}

const set = (text: string, path: readonly string[], raw: string, depth: number): Result<string, string> => {
  const root = scanDocument(text)
  if (!root.ok) return unreadable(root.error)
  let container = root.value
  for (const [index, segment] of path.entries()) {
    const member = memberOf(text, container, segment)
    const isLast = index === path.length - 1
    if (!member) {
      const empty = isElement(path[index + 1]) ? '[]' : '{}'
      const added = insert(text, container, container.isArray ? undefined : segment, isLast ? raw : empty)
      return isLast || depth > path.length ? ok(added) : set(added, path, raw, depth + 1)
    }
    if (isLast) return ok(text.slice(0, member.valueStart) + raw + text.slice(member.valueEnd))
    const inside = scanAt(text, member.valueStart)
    const wantsArray = isElement(path[index + 1])
    if (inside?.isArray !== wantsArray) {
      const wanted = wantsArray ? 'a list' : 'an object'
      return err(`has something else than ${wanted} at ${path.slice(0, index + 1).join('.')}`)
    }
    container = inside
  }
  return ok(text)
}

const lineStartOf = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

/** The white a line begins with, where `at` is the first thing on it; `undefined`: it is not. */
const indentOf = (text: string, at: number): string | undefined => {
  const before = text.slice(lineStartOf(text, at), at)
  return /^[ \t]*$/.test(before) ? before : undefined
}

const unitOf = (text: string): string => {
  const root = scanDocument(text)
  const first = root.ok ? root.value.members[0] : undefined
  const indent =
    first && lineStartOf(text, first.start) > (root.ok ? root.value.open : 0) ? indentOf(text, first.start) : ''
  return indent || '  '
}

/** What follows on the line behind a value: comments, where they end with the line. */
const TAIL = /[ \t]*(?:\/\*[^\n]*?\*\/[ \t]*)*(?:\/\/[^\r\n]*)?(?=\r?\n)/y

const insert = (text: string, container: Container, key: string | undefined, raw: string): string => {
  const item = key === undefined ? raw : `"${key}": ${raw}`
  const first = container.members[0]
  const last = container.members.at(-1)
  if (!first || !last) return insertFirst(text, container, item)
  const indent = lineStartOf(text, first.start) > container.open ? indentOf(text, first.start) : undefined
  const hasComma = last.comma >= 0
  const at = hasComma ? last.comma + 1 : last.valueEnd
  if (indent === undefined) {
    const added = hasComma ? ` ${item},` : `, ${item}`
    return text.slice(0, at) + added + text.slice(at)
  }
  TAIL.lastIndex = at
  const behind = TAIL.test(text) ? TAIL.lastIndex : at
  const comma = hasComma ? '' : ','
  const added = `${lineEndOf(text)}${indent}${item}${hasComma ? ',' : ''}`
  return text.slice(0, at) + comma + text.slice(at, behind) + added + text.slice(behind)
}

const insertFirst = (text: string, { open, close }: Container, item: string): string => {
  const inner = text.slice(open + 1, close)
  const isOneLine = !text.trimEnd().includes('\n') && text.trimEnd().length > 2 + startOf(text)
  if (isOneLine && inner.trim() === '') return text.slice(0, open + 1) + item + text.slice(close)
  const lineIndent = /^[ \t]*/.exec(text.slice(lineStartOf(text, open), open))?.[0] ?? ''
  const start = `${lineEndOf(text)}${lineIndent}${unitOf(text)}${item}`
  if (inner.trim() === '')
    return `${text.slice(0, open + 1)}${start}${lineEndOf(text)}${lineIndent}${text.slice(close)}`
  return text.slice(0, open + 1) + start + text.slice(open + 1)
}

/** Takes a member away, with its comma, and with its line where nothing else is on it. */
const cut = (text: string, container: Container, member: Member): string => {
  const index = container.members.indexOf(member)
  const before = container.members[index - 1]
  const end = member.comma >= 0 ? member.comma + 1 : member.valueEnd
  const cutOut = withoutLine(text, member.start, end)
  if (container.members.length === 1) {
    const inner = cutOut.slice(container.open + 1, cutOut.length - (text.length - container.close))
    return inner.trim() === '' ? text.slice(0, container.open + 1) + text.slice(container.close) : cutOut
  }
  const isLast = index === container.members.length - 1
  return isLast && member.comma < 0 && before && before.comma >= 0
    ? cutOut.slice(0, before.comma) + cutOut.slice(before.comma + 1)
    : cutOut
}

const withoutLine = (text: string, from: number, to: number): string => {
  const lineStart = lineStartOf(text, from)
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(to))
  return /^[ \t]*$/.test(text.slice(lineStart, from)) && rest
    ? text.slice(0, lineStart) + text.slice(to + rest[0].length)
    : text.slice(0, from) + text.slice(to).replace(/^[ \t]+/, '')
}
