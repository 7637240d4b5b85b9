import type { z } from 'zod'
import { redact } from './redact.ts'
import { type Note, noteOf } from './fields.ts'
import { formatPath, type Path, valueAt } from './tree.ts'

/** One mistake in a configuration. Never holds a secret. */
export interface ConfigFault {
  /** Where in the file: `channels[0].provider`; empty for the file as a whole. */
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** Where values came from that the file does not show: path → `the value of ${NAME}`. */
export type Origins = ReadonlyMap<string, string>

/** Writes a mistake as one line for people. */
export const formatFault = (fault: ConfigFault): string =>
  `${fault.path === '' ? 'the file' : fault.path}: expected ${fault.expected}, found ${fault.found}`

const HIDDEN = 'a value that is not shown'
const SHOWN_MAX = 60

/** Words for a value in a mistake. What came from the environment is named, not shown: it may be a secret in the wrong place. */
export const describeFound = (value: unknown, secret: boolean, origin: string | undefined): string => {
  if (value === undefined) return 'nothing'
  if (origin) return origin
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a section'
  if (secret) return HIDDEN
  const shown = redact(JSON.stringify(value))
  return shown.length > SHOWN_MAX ? `${shown.slice(0, SHOWN_MAX)}…` : shown
}

/** The name nearest to a mistyped one, when it is near enough to be meant. */
export const nearest = (word: string, names: readonly string[]): string | undefined => {
  const ranked = names
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined
}

/** Insertions, deletions and replacements between two words, with a swap of neighbours as one. Long words are cut. */
const editDistance = (left: string, right: string): number => {
  const from = left.slice(0, 64).toLowerCase().replaceAll('-', '_')
  const to = right.slice(0, 64).toLowerCase().replaceAll('-', '_')
  let before: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = previous
    previous = current
  }
  return previous[to.length] ?? 0
}

/** The note of what is at a path; `secret` when it or anything around it is. */
const noteAt = (schema: z.ZodType, path: Path): Note | undefined => {
  let note: Note = noteOf(schema)
  for (const step of path) {
    const inner: z.ZodType | undefined =
      note.shape === 'scalar' ? undefined : note.shape === 'section' ? note.fields[String(step)] : note.of
    if (!inner) return undefined
    note = noteOf(inner)
  }
  return note
}

const expectedAt = (note: Note, found: unknown): string => {
  switch (note.shape) {
    case 'scalar': {
      const meant = typeof found === 'string' ? nearest(found, note.values) : undefined
      const type = note.nullable && note.type !== '`null`' ? `${note.type}, or null` : note.type
      return meant ? `${type}; did you mean \`${meant}\`?` : type
    }
    case 'section':
      return `a section with the keys ${Object.keys(note.fields).join(', ')}`
    case 'mapping':
      return `a section of entries by ${note.key}`
    case 'list': {
      const entry = noteOf(note.of)
      return entry.shape === 'scalar' ? `a list (each entry ${entry.type})` : 'a list of sections'
    }
  }
}

const unknownKey = (note: Note | undefined, path: Path, key: string): ConfigFault => {
  const names = note?.shape === 'section' ? Object.keys(note.fields) : []
  const meant = nearest(key, names)
  return {
    path: redact(formatPath([...path, key])),
    expected: meant ? `one of the known keys; did you mean \`${meant}\`?` : `one of the keys ${names.join(', ')}`,
    found: 'an unknown key',
  }
}

/** Turns what the schema found wrong into mistakes, one for each place. */
export const faultsOf = (error: z.ZodError, schema: z.ZodType, tree: unknown, origins: Origins): ConfigFault[] =>
  error.issues.flatMap((issue): ConfigFault[] => {
    const inner = issue.path.filter((step): step is string | number => typeof step !== 'symbol')
    // A text that stands for a section was read as one of its fields.
    const path = typeof valueAt(tree, inner.slice(0, -1)) === 'string' ? inner.slice(0, -1) : inner
    const note = noteAt(schema, inner)
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(note, path, key))
    const at = formatPath(path)
    if (issue.code === 'invalid_key') {
      const mapping = noteAt(schema, path.slice(0, -1))
      const expected = mapping?.shape === 'mapping' ? mapping.keyType : 'a name'
      return [{ path: redact(at), expected, found: describeFound(path.at(-1), false, undefined) }]
    }
    const secret = note?.shape === 'scalar' ? note.secret : note?.shape === 'list' && isSecret(note.of)
    return [
      {
        path: redact(at),
        expected: note ? expectedAt(note, valueAt(tree, path)) : issue.message,
        found: describeFound(valueAt(tree, path), secret, origins.get(at)),
      },
    ]
  })

const isSecret = (schema: z.ZodType): boolean => {
  const note = noteOf(schema)
  return note.shape === 'scalar' && note.secret
}
