import { err, ok, type Result } from '../result.ts'
import { appended, type Editor, linesOf, replaceLines } from './editor.ts'

const BEGIN = '# >>> tollgate setup >>>'
const END = '# <<< tollgate setup <<<'

interface Place {
  readonly from: number
  readonly count: number
}

const find = (lines: readonly string[]): Result<Place | undefined, string> => {
  const from = lines.findIndex((line) => line.trim() === BEGIN)
  const to = lines.findIndex((line) => line.trim() === END)
  if (from === -1 && to === -1) return ok(undefined)
  if (from === -1 || to < from) return err('has only one of the two lines between which the set-up writes')
  return ok({ from, count: to - from + 1 })
}

/**
 * Lines between two comments that mark them as ours: at the end of a file, or, by the path `models`, as the first item
 * of that list of a YAML file. The value is the lines between.
 */
export const block: Editor = {
  get: (text) => {
    const lines = linesOf(text)
    const place = find(lines)
    if (!place.ok || !place.value) return place.ok ? ok(undefined) : place
    const inside = lines.slice(place.value.from + 1, place.value.from + place.value.count - 1)
    const indent = /^[ \t]*/.exec(lines[place.value.from] ?? '')?.[0].length ?? 0
    return ok(inside.map((line) => line.slice(indent)).join('\n'))
  },
  set: (text, [list = ''], raw) => {
    const lines = linesOf(text)
    const place = find(lines)
    if (!place.ok) return place
    const marked = [BEGIN, ...raw.split('\n'), END]
    if (place.value) {
      const indent = /^[ \t]*/.exec(lines[place.value.from] ?? '')?.[0] ?? ''
      return ok(replaceLines(text, place.value.from, place.value.count, indented(marked, indent)))
    }
    if (list === '') return ok(appended(text, ...marked))
    return intoList(text, lines, list, marked)
  },
  remove: (text, [list = '']) => {
    const lines = linesOf(text)
    const place = find(lines)
    if (!place.ok || !place.value) return place.ok ? ok(text) : place
    const { from, count } = place.value
    const rest = replaceLines(text, from, count, [])
    if (list === '') return ok(rest)
    const head = linesOf(rest).findIndex((line) => line.trimEnd() === `${list}:`)
    return ok(
      head === -1 || itemIndent(linesOf(rest), head) !== undefined
        ? rest
        : replaceLines(rest, head, 1, [`${list}: []`]),
    )
  },
  isBlank: (text) => text.trim() === '',
}

const indented = (lines: readonly string[], indent: string): readonly string[] =>
  lines.map((line) => (line === '' ? '' : indent + line))

/** The white before the items of a list that begins behind a line; `undefined`: there are none. */
const itemIndent = (lines: readonly string[], head: number): string | undefined => {
  const next = lines.slice(head + 1).find((line) => !/^[ \t]*(?:#.*)?$/.test(line))
  return next === undefined ? undefined : /^([ \t]*)-(?:[ \t]|$)/.exec(next)?.[1]
}

const intoList = (
  text: string,
  lines: readonly string[],
  list: string,
  marked: readonly string[],
): Result<string, string> => {
  const head = lines.findIndex((line) => new RegExp(`^${list}[ \\t]*:(?:[ \\t]|$)`).test(line))
  if (head === -1) return ok(appended(text, `${list}:`, ...indented(marked, '  ')))
  const value = /:[ \t]*(.*?)[ \t]*(?:#.*)?$/.exec(lines[head] ?? '')?.[1] ?? ''
  if (/^\[[ \t]*\]$/.test(value)) return ok(replaceLines(text, head, 1, [`${list}:`, ...indented(marked, '  ')]))
  const next = lines.slice(head + 1).find((line) => !/^[ \t]*(?:#.*)?$/.test(line))
  const indent = itemIndent(lines, head)
  if (value !== '' || (indent === undefined && next !== undefined && /^[ \t]/.test(next)))
    return err(`has a list of ${list} written in a way that nothing can be added to`)
  return ok(replaceLines(text, head + 1, 0, indented(marked, indent ?? '  ')))
}

/** A file that is ours as a whole. */
export const whole: Editor = {
  get: (text) => ok(text === '' ? undefined : text.replace(/\n$/, '')),
  set: (_, __, raw) => ok(`${raw}\n`),
  remove: () => ok(''),
  isBlank: (text) => text === '',
}
