import type { Model } from '../canon/model.ts'
import { builtInCatalogue } from '../providers/built-in.ts'
import { readCatalogueFile } from '../providers/catalogue-file.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { err, ok, type Result } from '../result.ts'
import { ONE } from '../units.ts'
import { type AdministeredEntry, type FileTree, type Furnished, mergeAdministered } from './administered.ts'
import { commandFaults } from './administered-commands.ts'
import { crossFaults } from './checks.ts'
import { type DatabaseConfig, readDatabase } from './databases.ts'
import { type KindFacts, withEnvironmentProviders } from './environment.ts'
import { type ConfigFault, describeFound, faultsOf } from './faults.ts'
import { accountWarnings } from './account-warnings.ts'
import { captureWarnings } from './capture-warnings.ts'
import { planWarnings } from './plan-warnings.ts'
import { override } from './overrides.ts'
import { catalogueIn } from './catalogue-in.ts'
import { modelWarnings } from './model-checks.ts'
import { ruleFaults, ruleWarnings } from './rule-checks.ts'
import { type ConfigSchema, configSchema, type ParsedConfig } from './schema.ts'
import { chooseFile, parseSource, readBoundedFile, readConfigFile } from './source.ts'
import { type Environment, substitute } from './substitute.ts'
import { proxyWarnings } from './upstream-addresses.ts'
import { entryOf, isTree, type Path, type Tree, withoutEmptySections, withValue } from './tree.ts'

export type { ConfigFault } from './faults.ts'
export { formatFault } from './faults.ts'

type Entry<M> = M extends ReadonlyMap<string, infer V> ? V : never
type ParsedProvider = Entry<ParsedConfig['providers']>

export type TimeoutsConfig = ParsedConfig['timeouts']
/** A provider with every time-out known: its own, else the general one. */
export type ProviderConfig = Omit<ParsedProvider, 'timeouts'> & { readonly timeouts: TimeoutsConfig }
export type ChannelConfig = NonNullable<ParsedConfig['channels']>[number]
export type GroupConfig = Entry<ParsedConfig['groups']>
export type PlanConfig = Entry<ParsedConfig['plans']>

/** The whole configuration: nothing in it is left to be worked out but what only the running program can know. */
export type Config = Omit<ParsedConfig, 'providers' | 'channels' | 'database'> & {
  readonly providers: ReadonlyMap<string, ProviderConfig>
  readonly channels: readonly ChannelConfig[]
  readonly database: DatabaseConfig
  /** The file it was read from; `null` when there is none. */
  readonly file: string | null
  /** What is allowed but probably not meant, one sentence each. */
  readonly warnings: readonly string[]
}

export interface LoadRequest {
  /** The file to read. Without it and `text`: `tollgate.yaml`, `.yml` or `.json` in the working directory, if there is one. */
  readonly path?: string | undefined
  /** YAML or JSON instead of a file. */
  readonly text?: string | undefined
  readonly environment: Environment
  /** Values from the command line, which go above everything else, with the option they are from. */
  readonly options?: readonly { readonly path: Path; readonly value: string; readonly option: string }[]
  /** The kinds of provider there are; the built-in ones unless a test says otherwise. */
  readonly kinds?: readonly KindFacts[]
}

/** A configuration that was read, and what it becomes with what is administered. */
export interface Base extends FileTree {
  /** By itself. */
  readonly config: Config
  readonly schema: ConfigSchema
  /** The configuration with these entries, checked as a whole. Paths of mistakes are those of `merged`. */
  readonly with: (entries: readonly AdministeredEntry[]) => Result<Config, ConfigFault[]>
  readonly merged: (entries: readonly AdministeredEntry[]) => Tree
}

/** Reads the configuration by itself: see `loadBase`. */
export const loadConfig = (request: LoadRequest): Result<Config, ConfigFault[]> => {
  const base = loadBase(request)
  return base.ok ? ok(base.value.config) : base
}

/**
 * Reads the configuration: file, then providers from the environment where it names none, then `${NAME}`, then
 * `TOLLGATE_…`, then the command line. Fails with every mistake at once; no mistake shows a secret.
 */
export const loadBase = (request: LoadRequest): Result<Base, ConfigFault[]> => {
  const { environment, kinds = Object.values(PROVIDER_KINDS) } = request
  const file =
    request.text === undefined ? chooseFile(request.path || environment.TOLLGATE_CONFIG || undefined) : undefined
  const text = request.text !== undefined ? ok(request.text) : file === undefined ? ok('') : readConfigFile(file)
  if (!text.ok) return text
  const source = parseSource(text.value)
  if (!source.ok) return source

  const schema = configSchema(kinds.map(({ kind }) => kind))
  const filled = fill(source.value, schema, kinds, request)
  const catalogue = catalogueFaults(entryOf(filled.tree, 'catalogue'))
  const check = (tree: unknown, administered: readonly AdministeredEntry[] = []): Result<Config, ConfigFault[]> => {
    const parsed = schema.safeParse(tree)
    const known = catalogueIn(isTree(tree) ? tree : {}, () => overridesIn(tree))
    const faults = [
      ...filled.faults,
      ...crossFaults({ tree: isTree(tree) ? tree : {}, kinds, origins: filled.origins }),
      ...catalogue,
      ...ruleFaults({ tree: isTree(tree) ? tree : {}, origins: filled.origins, catalogue: known }),
      ...(parsed.success ? [] : faultsOf(parsed.error, schema, tree, filled.origins)),
    ]
    if (faults.length > 0 || !parsed.success) return err(oncePerPath(faults))
    const unreached = proxyWarnings(parsed.data.providers, kinds, environment)
    const config = complete(parsed.data, file, [
      ...unusedWarnings(filled.unused),
      ...shadowWarnings(administered),
      ...unreached,
      ...ruleWarnings(parsed.data.groups),
    ])
    return ok({ ...config, warnings: [...config.warnings, ...modelWarnings(config.channels, known)] })
  }
  const checked = check(filled.tree)
  return checked.ok ? ok(baseOf(checked.value, schema, filled, check, kinds)) : checked
}

const baseOf = (
  config: Config,
  schema: ConfigSchema,
  filled: Filled,
  check: (tree: unknown, shadowed: readonly AdministeredEntry[]) => Result<Config, ConfigFault[]>,
  kinds: readonly KindFacts[],
): Base => {
  const file = { tree: isTree(filled.tree) ? filled.tree : {}, furnished: filled.furnished }
  return {
    ...file,
    config,
    schema,
    with: (entries) => {
      const commands = commandFaults(entries, kinds)
      if (commands.length > 0) return err(commands)
      const { tree, shadowed } = mergeAdministered(file, entries)
      return check(tree, shadowed)
    },
    merged: (entries) => mergeAdministered(file, entries).tree,
  }
}

const unusedWarnings = (unused: readonly string[]): string[] =>
  unused.map((name) => `${name} is set, but matches no key of the configuration.`)

const shadowWarnings = (shadowed: readonly AdministeredEntry[]): string[] =>
  shadowed.map(
    ({ kind, id }) => `The ${kind} ${id} is in the file and was set through the admin API too: the file counts.`,
  )

const CATALOGUE_BYTES_MAX = 33_554_432

interface Filled {
  readonly tree: unknown
  readonly faults: readonly ConfigFault[]
  readonly origins: ReadonlyMap<string, string>
  readonly unused: readonly string[]
  readonly furnished: Furnished
}

/** Everything that goes into the tree besides the file itself. */
const fill = (
  source: unknown,
  schema: ReturnType<typeof configSchema>,
  kinds: readonly KindFacts[],
  request: LoadRequest,
): Filled => {
  const substituted = substitute(withoutEmptySections(schema, source), request.environment)
  const furnished = withEnvironmentProviders(substituted.tree, kinds, request.environment)
  const overridden = override(furnished.tree, schema, request.environment)
  const origins = new Map([...substituted.origins, ...furnished.origins, ...overridden.origins])
  let { tree } = overridden
  for (const { path, value, option } of request.options ?? []) {
    tree = withValue(tree, path, value)
    origins.set(path.join('.'), `${describeFound(value, false, undefined)} from ${option}`)
  }
  // Where a value has been replaced, what stood there in the file no longer matters.
  const standing = substituted.faults.filter(({ path }) => !overridden.origins.has(path))
  return {
    tree,
    faults: [...standing, ...overridden.faults],
    origins,
    unused: overridden.unused,
    furnished: furnishedBy(furnished),
  }
}

/** What has an origin was in the environment; what else was added is there for want of anything. */
const furnishedBy = ({ isFurnished, origins }: ReturnType<typeof withEnvironmentProviders>): Furnished => {
  if (!isFurnished) return undefined
  return origins.size > 0 ? 'environment' : 'implied'
}

/** Models of the operator's file; none where it cannot be read, which is a mistake of its own. */
const overridesIn = (tree: unknown): readonly Model[] => {
  const catalogue = entryOf(tree, 'catalogue')
  if (typeof catalogue !== 'string' || catalogue === '') return []
  const text = readBoundedFile(catalogue, CATALOGUE_BYTES_MAX)
  const read = text.ok ? readCatalogueFile(text.value, builtInCatalogue().models) : text
  return read.ok ? read.value : []
}

const catalogueFaults = (catalogue: unknown): ConfigFault[] => {
  if (typeof catalogue !== 'string' || catalogue === '') return []
  const text = readBoundedFile(catalogue, CATALOGUE_BYTES_MAX)
  if (!text.ok) {
    const expected = 'a readable file, its path relative to the working directory'
    return [{ path: 'catalogue', expected, found: text.error }]
  }
  const read = readCatalogueFile(text.value, [])
  if (read.ok) return []
  return read.error.map(({ path, message }) => ({
    path: `catalogue (${catalogue})${path === '' ? '' : `: ${path}`}`,
    expected: message.replace(/^expected /, ''),
    found: 'something else',
  }))
}

/** The first mistake at a place is the cause; what follows from it at the same place is noise. */
const oncePerPath = (faults: readonly ConfigFault[]): ConfigFault[] => {
  const seen = new Set<string>()
  return faults.filter(({ path }) => !seen.has(path) && seen.add(path))
}

/** `default`, where the file says nothing of it. */
const PLAIN_GROUP: GroupConfig = {
  multiplier: ONE,
  cacheBreakpoints: false,
  cacheTtl: null,
  strategy: 'weighted',
  hedgeAfterMs: null,
  rules: [],
  limits: { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null },
}

const complete = (parsed: ParsedConfig, file: string | undefined, warnings: readonly string[]): Config => {
  const providers = new Map(
    [...parsed.providers].map(([id, provider]) => [
      id,
      { ...provider, timeouts: withOwn(parsed.timeouts, provider.timeouts) },
    ]),
  )
  const groups = new Map([['default', PLAIN_GROUP], ...parsed.groups])
  return {
    ...parsed,
    providers,
    groups,
    channels: parsed.channels ?? [...providers].map(([id, provider]) => channelOf(id, provider)),
    database: databaseOf(parsed),
    file: file ?? null,
    warnings: warningsOf(parsed, warnings),
  }
}

const databaseOf = ({ database }: ParsedConfig): DatabaseConfig => {
  const read = readDatabase(database)
  if (!read) throw new Error('the configuration was checked, and its database was not')
  return read
}

const withOwn = (general: TimeoutsConfig, own: ParsedProvider['timeouts']): TimeoutsConfig => ({
  connectMs: own.connectMs ?? general.connectMs,
  firstByteMs: own.firstByteMs ?? general.firstByteMs,
  idleMs: own.idleMs ?? general.idleMs,
  totalMs: own.totalMs ?? general.totalMs,
})

/** The channel a provider gets when the configuration has no `channels`. */
const channelOf = (id: string, provider: ProviderConfig): ChannelConfig => ({
  id,
  provider: id,
  groups: ['default'],
  models: provider.models,
  modelMap: new Map(),
  priority: 0,
  weight: 1,
})

const ADMIN_KEY_LENGTH_SAFE = 16

const warningsOf = (parsed: ParsedConfig, before: readonly string[]): string[] => {
  const warnings = [...before]
  if (parsed.adminKey !== null && parsed.adminKey.length < ADMIN_KEY_LENGTH_SAFE) {
    warnings.push(`admin_key has fewer than ${ADMIN_KEY_LENGTH_SAFE} characters: it can be guessed.`)
  }
  const used = new Set(parsed.channels?.map(({ provider }) => provider) ?? parsed.providers.keys())
  for (const id of parsed.providers.keys()) {
    if (!used.has(id)) warnings.push(`providers.${id} is used by no channel.`)
  }
  for (const [id, { cacheBreakpoints, cacheTtl }] of parsed.groups) {
    if (cacheTtl !== null && !cacheBreakpoints)
      warnings.push(`groups.${id}.cache_ttl changes nothing without cache_breakpoints.`)
  }
  warnings.push(...accountWarnings(parsed), ...captureWarnings(parsed), ...planWarnings(parsed))
  return warnings
}
