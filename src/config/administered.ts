import type { z } from 'zod'
import type { ConfigFault } from './faults.ts'
import { type Note, noteOf } from './fields.ts'
import { entryOf, formatPath, isTree, type Path, type Tree } from './tree.ts'

/// Entries of the configuration that are in no file: administrators set them while the gateway runs.

/** What may be administered, and under which key of the configuration it stands. */
export const ADMINISTERED = {
  provider: 'providers',
  channel: 'channels',
  group: 'groups',
  plan: 'plans',
  alias: 'aliases',
  retired: 'retired',
} as const
export type AdministeredKind = keyof typeof ADMINISTERED

/** One entry, its body in the shape that it has in the file; of a channel, without its id. */
export interface AdministeredEntry {
  readonly kind: AdministeredKind
  readonly id: string
  readonly body: unknown
}

/** Why an entry of the configuration is there. `implied`: nothing names it, and without it there would be none. */
export type Origin = 'file' | 'environment' | 'implied'

/** Providers that no file names: from the environment, or the one there is when there is no other. */
export type Furnished = 'environment' | 'implied' | undefined

/** What a file says, with what went into it. */
export interface FileTree {
  readonly tree: Tree
  readonly furnished: Furnished
}

/** Who says so of an entry in the file; `undefined`: it is not there. */
export const originOf = ({ tree, furnished }: FileTree, kind: AdministeredKind, id: string): Origin | undefined => {
  if (kind === 'channel') {
    if (isList(tree.channels)) return tree.channels.some((each) => entryOf(each, 'id') === id) ? 'file' : undefined
    return entryOf(tree.providers, id) === undefined ? undefined : 'implied'
  }
  if (entryOf(tree[ADMINISTERED[kind]], id) !== undefined)
    return kind === 'provider' && furnished !== undefined ? furnished : 'file'
  return kind === 'group' && id === 'default' ? 'implied' : undefined
}

/** What stands in the file already counts there. */
const isShadowed = (file: FileTree, { kind, id }: AdministeredEntry): boolean => {
  const origin = originOf(file, kind, id)
  return origin === 'file' || origin === 'environment'
}

/** A file and what is administered as one. The file goes first: what has a name of its own there is left out. */
export const mergeAdministered = (
  file: FileTree,
  entries: readonly AdministeredEntry[],
): { readonly tree: Tree; readonly shadowed: readonly AdministeredEntry[] } => {
  const [shadowed, counting] = [true, false].map((is) => entries.filter((entry) => isShadowed(file, entry) === is))
  const standing = withoutImplied(file, counting ?? [])
  const mappings = (['provider', 'group', 'plan', 'alias', 'retired'] as const).flatMap((kind) => {
    const added = (counting ?? []).filter((entry) => entry.kind === kind).map(({ id, body }) => [id, body] as const)
    const key = ADMINISTERED[kind]
    return added.length === 0 ? [] : [[key, { ...sectionOf(standing, key), ...Object.fromEntries(added) }] as const]
  })
  const merged: Tree = { ...standing, ...Object.fromEntries(mappings) }
  return { tree: { ...merged, ...channelsOf(merged, counting ?? []) }, shadowed: shadowed ?? [] }
}

/** The provider that is there for want of another goes when there is one, unless a channel is its. */
const withoutImplied = ({ tree, furnished }: FileTree, entries: readonly AdministeredEntry[]): Tree => {
  if (furnished !== 'implied' || !entries.some(({ kind }) => kind === 'provider')) return tree
  const named = [
    ...(isList(tree.channels) ? tree.channels : []),
    ...entries.flatMap(({ kind, body }) => (kind === 'channel' ? [body] : [])),
  ].map((channel) => entryOf(channel, 'provider'))
  const kept = Object.entries(sectionOf(tree, 'providers')).filter(([id]) => named.includes(id))
  return { ...tree, providers: Object.fromEntries(kept) }
}

/**
 * Channels of the file, then those administered. Where the file has none, a provider keeps the channel that it gets by
 * itself until another is made for it.
 */
const channelsOf = (tree: Tree, entries: readonly AdministeredEntry[]): Tree => {
  const added = entries.flatMap(({ kind, id, body }) => (kind === 'channel' && isTree(body) ? [{ ...body, id }] : []))
  if (added.length === 0) return {}
  if (isList(tree.channels)) return { channels: [...tree.channels, ...added] }
  const served = new Set(added.map((channel) => entryOf(channel, 'provider')))
  const implied = Object.entries(sectionOf(tree, 'providers')).flatMap(([id, provider]) =>
    served.has(id) ? [] : [{ id, provider: id, models: entryOf(provider, 'models') ?? null }],
  )
  return { channels: [...implied, ...added] }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const sectionOf = (tree: Tree, key: string): Tree => {
  const section = tree[key]
  return isTree(section) ? section : {}
}

/** Where an entry stands in a tree, what is administered after all else; `undefined`: nowhere. */
export const placeOf = (tree: Tree, kind: AdministeredKind, id: string): Path | undefined => {
  if (kind !== 'channel')
    return entryOf(tree[ADMINISTERED[kind]], id) === undefined ? undefined : [ADMINISTERED[kind], id]
  const at = isList(tree.channels) ? tree.channels.findLastIndex((each) => entryOf(each, 'id') === id) : -1
  return at === -1 ? undefined : ['channels', at]
}

/** Where in an entry a mistake is: `weight`, or an empty text for the entry as a whole; `undefined`: it is elsewhere. */
export const fieldWithin = (tree: Tree, kind: AdministeredKind, id: string, fault: ConfigFault): string | undefined => {
  const place = placeOf(tree, kind, id)
  const prefix = place && formatPath(place)
  if (prefix === undefined || !fault.path.startsWith(prefix)) return undefined
  const rest = fault.path.slice(prefix.length)
  return rest === '' || /^[.[]/.test(rest) ? rest.replace(/^\./, '') : undefined
}

/** Names of mistakes in what no file has, where a path would point into one. */
export const namedFaults = (
  tree: Tree,
  entries: readonly AdministeredEntry[],
  faults: readonly ConfigFault[],
): ConfigFault[] =>
  faults.map((fault) => {
    for (const { kind, id } of entries) {
      const field = fieldWithin(tree, kind, id, fault)
      if (field === undefined) continue
      return { ...fault, path: `${kind} ${id}${field === '' ? '' : `: ${field}`} (set through the admin API)` }
    }
    return fault
  })

/** What the schema says of an entry of a kind. */
export const entrySchemaOf = (schema: z.ZodType, kind: AdministeredKind): z.ZodType => {
  const whole: Note = noteOf(schema)
  const field = whole.shape === 'section' ? whole.fields[ADMINISTERED[kind]] : undefined
  const note = field && noteOf(field)
  if (note?.shape !== 'mapping' && note?.shape !== 'list')
    throw new Error(`the configuration has no entries of ${kind}`)
  return note.of
}

/**
 * An entry as the file would have it, with a value at each key: what is said, else the default. What is secret is left
 * out, and so is `keys`.
 */
export const shownEntry = (schema: z.ZodType, value: unknown): unknown => {
  const note = noteOf(schema)
  if (note.shape === 'scalar') return shownScalar(schema, note, value)
  if (note.shape === 'list') {
    if (isList(value)) return value.map((entry) => shownEntry(note.of, entry))
    return note.default === 'null' ? null : (JSON.parse(note.default) as unknown)
  }
  if (note.shape === 'mapping')
    return Object.fromEntries(
      Object.entries(isTree(value) ? value : {}).map(([name, entry]) => [name, shownEntry(note.of, entry)]),
    )
  return Object.fromEntries(
    Object.entries(note.fields).map(([name, field]) => [name, shownEntry(field, entryOf(value, name))]),
  )
}

const shownScalar = (schema: z.ZodType, note: Extract<Note, { shape: 'scalar' }>, value: unknown): unknown => {
  if (note.secret) return value === undefined || value === null ? null : withoutCredentials(String(value))
  if (value === undefined || value === null || value === '') return unwritten(note.default)
  const read = schema.safeParse(value)
  // Numbers and truth values may be written as text. What has a unit stays as it was written.
  if (read.success && /^(?:true|false|\d+)$/.test(String(value)) && typeof read.data !== 'bigint') return read.data
  return typeof value === 'number' ? String(value) : value
}

/** A default, as YAML would read what the manual has. */
const unwritten = (written: string | undefined): unknown => {
  if (written === undefined || written === 'null') return null
  if (/^(?:true|false|\d+)$/.test(written)) return JSON.parse(written) as unknown
  return written.replace(/^"(.*)"$/, '$1')
}

/** An address is no secret but for who may use it; any other is. */
const withoutCredentials = (secret: string): string => {
  const [, scheme = '', rest = ''] = /^(https?:\/\/)([^\s]*)$/.exec(secret) ?? []
  if (scheme === '') return secret === 'direct' ? secret : '[hidden]'
  return `${scheme}${rest.replace(/^.*@/, '')}`
}
