import type { z } from 'zod'
import { type Note, noteOf, type ScalarNote } from './fields.ts'

/** Where a value is: keys of sections and mappings, positions in lists. */
export type Path = readonly (string | number)[]
/** A section or mapping as read from a file: nothing is known about it yet. */
export type Tree = Readonly<Record<string, unknown>>

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An own entry of something that may not be a tree at all. */
export const entryOf = (value: unknown, key: string): unknown =>
  isTree(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** Writes a path as one would in a program: `channels[0].provider`, `aliases["a/b"]`. */
export const formatPath = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`
    return text === '' ? step : `${text}.${step}`
  }, '')

export const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => {
    if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined
    return entryOf(value, step)
  }, root)

/** A copy of `root` with one value put in, opening sections on the way. What is not a section where one should be stays. */
export const withValue = (root: unknown, path: Path, value: unknown): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (typeof step === 'number') {
    return Array.isArray(root)
      ? root.map((entry, index) => (index === step ? withValue(entry, rest, value) : entry))
      : root
  }
  if (root !== undefined && root !== null && !isTree(root)) return root
  // Built from entries, so that a key named `__proto__` stays a key.
  return Object.fromEntries([...Object.entries(root ?? {}), [step, withValue(entryOf(root, step), rest, value)]])
}

/** Every scalar the schema has room for in this tree: fixed keys always, entries of mappings and lists as far as there are. */
export function* scalarsOf(
  schema: z.ZodType,
  value: unknown,
  path: Path = [],
): Generator<{ path: Path; note: ScalarNote }> {
  const note = noteOf(schema)
  const alone = aloneOf(note, value)
  if (note.shape === 'scalar') yield { path, note }
  else if (alone) yield { path, note: alone }
  else if (note.shape === 'section') {
    for (const [name, field] of Object.entries(note.fields))
      yield* scalarsOf(field, entryOf(value, name), [...path, name])
  } else if (note.shape === 'mapping') {
    for (const name of isTree(value) ? Object.keys(value) : [])
      yield* scalarsOf(note.of, entryOf(value, name), [...path, name])
  } else {
    const entries: readonly unknown[] = Array.isArray(value) ? value : []
    for (const [index, entry] of entries.entries()) yield* scalarsOf(note.of, entry, [...path, index])
  }
}

/** What is said of the text that stands for a whole section, where one does. */
export const aloneOf = (note: Note, value: unknown): ScalarNote | undefined => {
  if (note.shape !== 'section' || note.alone === undefined || typeof value !== 'string') return undefined
  const field = note.fields[note.alone]
  const alone = field && noteOf(field)
  return alone?.shape === 'scalar' ? alone : undefined
}

/** Takes out every `null` that only means "nothing here", as a key with all its lines commented out leaves behind. */
export const withoutEmptySections = (schema: z.ZodType, value: unknown): unknown => {
  const note = noteOf(schema)
  if (note.shape === 'scalar') return value === null && !note.nullable ? undefined : value
  if (value === null) return undefined
  if (note.shape === 'list') return Array.isArray(value) ? value.map((entry) => entry ?? null) : value
  if (!isTree(value)) return value
  const kept = Object.entries(value).flatMap(([name, entry]): [string, unknown][] => {
    const field =
      note.shape === 'section' ? (Object.hasOwn(note.fields, name) ? note.fields[name] : undefined) : note.of
    const cleaned = field ? withoutEmptySections(field, entry) : entry
    // An entry of a mapping stays, as one with nothing in it: the name alone says something.
    if (cleaned !== undefined) return [[name, cleaned]]
    return note.shape === 'mapping' && field && noteOf(field).shape !== 'scalar' ? [[name, {}]] : []
  })
  return Object.fromEntries(kept)
}
