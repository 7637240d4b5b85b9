import {
  ADMINISTERED,
  type AdministeredKind,
  entrySchemaOf,
  fieldWithin,
  namedFaults,
  originOf,
} from '../../config/administered.ts'
import { type Base, type Config, type ConfigFault, formatFault } from '../../config/load.ts'
import { entryOf, isTree } from '../../config/tree.ts'
import type { CountUses, ObjectRecord, ObjectWrite, StoredObjects } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import type { ControlPlaneDeps } from './deps.ts'
import { afterWrites } from './object-writes.ts'
import { type Mistake, mistakesFault } from './refusal.ts'
import { entriesOf, withoutSecrets } from './stored-entries.ts'

/// What of the configuration is administered: reading it, and changing it so that the whole stays right.

/** What entries are called in messages. */
export const NAMES: Readonly<Record<AdministeredKind, string>> = {
  provider: 'provider',
  channel: 'channel',
  group: 'group',
  plan: 'plan',
  alias: 'alias',
  retired: 'retired name',
}

/** An entry of the whole, and where it comes from. */
export interface Shown {
  readonly id: string
  readonly source: 'file' | 'environment' | 'implied' | 'api'
  /** As it is written; `undefined`: nothing is. */
  readonly body: unknown
  readonly record: ObjectRecord | undefined
}

/** All entries of a kind that count, by id. */
export const shownOf = (base: Base, stored: StoredObjects, kind: AdministeredKind): readonly Shown[] => {
  const tree = base.merged(entriesOf(stored, withoutSecrets))
  const records = new Map(stored.objects.filter((each) => each.kind === kind).map((each) => [each.id, each]))
  return writtenIn(tree, kind)
    .map(([id, body]): Shown => {
      const record = records.get(id)
      const origin = originOf(base, kind, id)
      // What nothing names gives way to what was set.
      const counts = record !== undefined && (origin === undefined || origin === 'implied')
      return { id, source: counts ? 'api' : (origin ?? 'implied'), body, record: counts ? record : undefined }
    })
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
}

const writtenIn = (
  tree: Readonly<Record<string, unknown>>,
  kind: AdministeredKind,
): readonly (readonly [string, unknown])[] => {
  const written = tree[ADMINISTERED[kind]]
  if (kind === 'channel') {
    if (Array.isArray(written)) return written.map((each: unknown) => [String(entryOf(each, 'id')), each] as const)
    return Object.entries(isTree(tree.providers) ? tree.providers : {}).map(([id, provider]) => [
      id,
      { id, provider: id, models: entryOf(provider, 'models') ?? null },
    ])
  }
  const entries = Object.entries(isTree(written) ? written : {})
  if (kind !== 'group' || entries.some(([id]) => id === 'default')) return entries
  return [['default', undefined], ...entries]
}

/** Why a change is refused. */
export interface Refused {
  readonly error: GatewayError
  readonly mistakes: readonly Mistake[]
}

export const refused = (error: GatewayError): Result<never, Refused> => err({ error, mistakes: [] })

/** What is to be changed: which entry, and what of it. */
export interface Change {
  readonly kind: AdministeredKind
  readonly id: string
  /** Looks at what there is, and says what to write. */
  readonly decide: (now: StoredObjects, countUses: CountUses) => Promise<Result<readonly ObjectWrite[], Refused>>
  /** A field of the request by its place in the entry. */
  readonly fieldOf?: (field: string) => string
}

/**
 * Changes what is administered, if the whole is right afterwards: one change at a time, of all replicas. It counts here
 * when this resolves. A whole that was wrong before, for files of replicas may differ, may be made less so.
 */
export const changeObjects = async (
  deps: ControlPlaneDeps,
  change: Change,
): Promise<Result<StoredObjects, Refused>> => {
  const { base, readObjects } = deps.administration
  const changed = await deps.store.objects.change<Refused>(deps.actor, async (now, countUses) => {
    const writes = await change.decide(now, countUses)
    if (!writes.ok) return writes
    const wrong = newFaults(base(), now, afterWrites(now, writes.value))
    if (wrong.length === 0) return writes
    const isRemoval = writes.value.every(({ act }) => act === 'remove' || act === 'remove-key')
    return err(isRemoval ? stillUsed(change, wrong) : refusalOf(change, wrong))
  })
  if (changed.ok) await readObjects()
  return changed
}

/** What would be configured after something that is not done; or why it would be refused. */
export const configAfter = (
  { administration }: Pick<ControlPlaneDeps, 'administration'>,
  change: Pick<Change, 'kind' | 'id'>,
  now: StoredObjects,
  writes: readonly ObjectWrite[],
): Result<Config, Refused> => {
  const base = administration.base()
  const after = afterWrites(now, writes)
  const wrong = newFaults(base, now, after)
  if (wrong.length > 0) return err(refusalOf(change, wrong))
  const whole = base.with(entriesOf(after, withoutSecrets))
  return whole.ok ? ok(whole.value) : refused(NOT_WHOLE)
}

const NOT_WHOLE = fault('state-conflict', 'What is configured is wrong as it is: see the log. Change that first.')

interface Wrong {
  readonly fault: ConfigFault
  /** Where in the entry that is changed; `undefined`: it is elsewhere. */
  readonly fieldIn: (kind: AdministeredKind, id: string) => string | undefined
  readonly named: ConfigFault
}

/** What is wrong with the whole that was not before. */
const newFaults = (base: Base, before: StoredObjects, after: StoredObjects): readonly Wrong[] => {
  const entries = entriesOf(after, withoutSecrets)
  const whole = base.with(entries)
  if (whole.ok) return []
  const tree = base.merged(entries)
  const wasBefore = entriesOf(before, withoutSecrets)
  const old = base.with(wasBefore)
  const known = new Set(old.ok ? [] : namedFaults(base.merged(wasBefore), wasBefore, old.error).map(formatFault))
  return whole.error.flatMap((each): Wrong[] => {
    const named = namedFaults(tree, entries, [each])[0] ?? each
    if (known.has(formatFault(named))) return []
    return [{ fault: each, named, fieldIn: (kind, id) => fieldWithin(tree, kind, id, each) }]
  })
}

const refusalOf = (
  { kind, id, fieldOf = (field) => field }: Pick<Change, 'kind' | 'id' | 'fieldOf'>,
  wrong: readonly Wrong[],
): Refused => {
  const mistakes = wrong.map(({ fault: { expected, found }, named, fieldIn }): Mistake => {
    const field = fieldIn(kind, id)
    if (field === undefined) return { field: 'id', issue: `does not fit: ${formatFault(named)}` }
    return { field: fieldOf(field) || 'id', issue: `must be ${expected}; it is ${found}` }
  })
  return { error: mistakesFault(mistakes), mistakes }
}

const stillUsed = ({ kind, id }: Change, wrong: readonly Wrong[]): Refused => {
  const uses = wrong.map(({ named }) => named.path).join(', ')
  return {
    error: fault('state-conflict', `The ${NAMES[kind]} ${id} is used: ${uses}. Change that first.`),
    mistakes: [],
  }
}

/** Refuses what is the file's to say. */
export const inFile = (base: Base, kind: AdministeredKind, id: string): GatewayError | undefined => {
  const origin = originOf(base, kind, id)
  const name = `The ${NAMES[kind]} ${id}`
  const besides = kind === 'provider' ? ' Pausing and resuming it works all the same.' : ''
  if (origin === 'file')
    return fault(
      'state-conflict',
      `${name} is in the configuration file, and read-only here: change it there.${besides}`,
    )
  if (origin === 'environment')
    return fault('state-conflict', `${name} is there by a variable of the environment, and read-only here.${besides}`)
  return undefined
}

/** What the configuration says of an entry of a kind. */
export const schemaOf = (base: Base, kind: AdministeredKind) => entrySchemaOf(base.schema, kind)

/** Refuses a change that was made of another version than there is. */
export const otherVersion = (
  what: string,
  record: { readonly version: number },
  wanted: number | undefined,
): GatewayError | undefined => {
  if (wanted === undefined || wanted === record.version) return undefined
  const message = `${what} has changed since: it is at version ${record.version}, not ${wanted}. Read it again.`
  return fault('state-conflict', message, { param: 'version', issue: `is ${record.version}` })
}

/** RFC 7396: what is named takes the place of what there is, `null` takes away, sections are gone into. */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isTree(patch)) return patch
  const kept = new Map(Object.entries(isTree(target) ? target : {}))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) kept.delete(name)
    else kept.set(name, mergePatch(kept.get(name), value))
  }
  return Object.fromEntries(kept)
}
