import { isIP } from 'node:net'
import { DATABASE_EXPECTED, isRedisAddress, readDatabase, REDIS_EXPECTED } from './databases.ts'
import type { KindFacts } from './environment.ts'
import { type ConfigFault, describeFound } from './faults.ts'
import { baseUrlMistake, proxyMistake } from './upstream-addresses.ts'
import { entryOf, formatPath, isTree, type Path, type Tree, valueAt } from './tree.ts'

/** What the checks across keys need to know. They run on what was read, right or wrong, to report everything at once. */
interface Context {
  readonly tree: Tree
  readonly kinds: readonly KindFacts[]
  readonly origins: ReadonlyMap<string, string>
}

/** What no single key shows: references to nothing, names used twice, values that are right only together. */
export const crossFaults = (context: Context): ConfigFault[] => [
  ...localModeFaults(context),
  ...storageFaults(context),
  ...providerFaults(context),
  ...channelFaults(context),
  ...nameFaults(context),
]

const faultAt = ({ tree, origins }: Context, path: Path, expected: string, found?: string): ConfigFault => {
  const at = formatPath(path)
  return { path: at, expected, found: found ?? describeFound(valueAt(tree, path), false, origins.get(at)) }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))

const localModeFaults = (context: Context): ConfigFault[] => {
  const host = valueAt(context.tree, ['listen', 'host']) ?? '127.0.0.1'
  if (context.tree.auth !== 'none' || typeof host !== 'string' || isLoopback(host)) return []
  return [faultAt(context, ['listen', 'host'], 'a loopback address such as 127.0.0.1, because `auth` is `none`')]
}

const storageFaults = (context: Context): ConfigFault[] => {
  const { database, redis } = context.tree
  const faults: ConfigFault[] = []
  // Neither is shown: an address that is wrong may still hold a password.
  if (typeof database === 'string' && !readDatabase(database))
    faults.push(faultAt(context, ['database'], DATABASE_EXPECTED, 'something else, which is not shown'))
  if (typeof redis === 'string' && redis !== '' && !isRedisAddress(redis))
    faults.push(faultAt(context, ['redis'], REDIS_EXPECTED, 'something else, which is not shown'))
  return faults
}

const providerFaults = (context: Context): ConfigFault[] => {
  const providers = context.tree.providers
  return Object.entries(isTree(providers) ? providers : {}).flatMap(([id, provider]): ConfigFault[] => {
    const kind = entryOf(provider, 'kind')
    const at = (key: string): Path => ['providers', id, key]
    const facts = context.kinds.find((entry) => entry.kind === kind)
    if (!facts) return []
    const faults: ConfigFault[] = []
    const baseUrl = entryOf(provider, 'base_url')
    // The demo provider answers by itself: nothing is asked for its address.
    const addressless = facts.baseUrl === undefined && facts.keyVariable === undefined && facts.kind !== 'demo'
    if (addressless && (baseUrl === undefined || baseUrl === null || baseUrl === '')) {
      faults.push(
        faultAt(context, at('base_url'), `an address, because \`${facts.kind}\` has none of its own`, 'nothing'),
      )
    }
    faults.push(...addressFaults(context, id, provider))
    const protocol = entryOf(provider, 'protocol')
    const formats: readonly string[] = facts.formats
    if (typeof protocol === 'string' && !addressless && formats.length > 0 && !formats.includes(protocol)) {
      faults.push(faultAt(context, at('protocol'), `a format that \`${facts.kind}\` speaks: ${formats.join(', ')}`))
    }
    return faults
  })
}

const addressFaults = (context: Context, id: string, provider: unknown): ConfigFault[] => {
  const base = baseUrlMistake(entryOf(provider, 'base_url'))
  const proxy = proxyMistake(entryOf(provider, 'proxy'))
  return [
    ...(base ? [faultAt(context, ['providers', id, 'base_url'], base.expected, base.found)] : []),
    ...(proxy ? [faultAt(context, ['providers', id, 'proxy'], proxy.expected, proxy.found)] : []),
  ]
}

const namesIn = (value: unknown): string[] => (isTree(value) ? Object.keys(value) : [])

const channelFaults = (context: Context): ConfigFault[] => {
  const { channels } = context.tree
  if (!Array.isArray(channels)) return []
  const providers = namesIn(context.tree.providers)
  const groups = ['default', ...namesIn(context.tree.groups).filter((name) => name !== 'default')]
  const ids = new Set<string>()
  return channels.flatMap((channel: unknown, index): ConfigFault[] => {
    const faults: ConfigFault[] = []
    const id = entryOf(channel, 'id')
    if (typeof id === 'string') {
      if (ids.has(id)) faults.push(faultAt(context, ['channels', index, 'id'], 'an id no other channel has'))
      ids.add(id)
    }
    const provider = entryOf(channel, 'provider')
    if (typeof provider === 'string' && !providers.includes(provider)) {
      faults.push(faultAt(context, ['channels', index, 'provider'], `one of the providers ${providers.join(', ')}`))
    }
    const named: unknown = entryOf(channel, 'groups')
    const unknown = (Array.isArray(named) ? named : []).entries()
    for (const [position, group] of unknown) {
      if (typeof group !== 'string' || group === '' || groups.includes(group)) continue
      faults.push(faultAt(context, ['channels', index, 'groups', position], `one of the groups ${groups.join(', ')}`))
    }
    return faults
  })
}

/** Aliases and retired names lead to a model in one step, so that every message about a name names the model that is meant. */
const nameFaults = (context: Context): ConfigFault[] => {
  const { aliases, retired } = context.tree
  const aliasNames = new Set(namesIn(aliases))
  const retiredNames = new Set(namesIn(retired))
  const aliasFaults = Object.entries(isTree(aliases) ? aliases : {}).flatMap(([name, target]): ConfigFault[] => {
    if (typeof target !== 'string') return []
    const at = ['aliases', name]
    if (retiredNames.has(name)) return [faultAt(context, at, 'a name that is not in `retired` as well', 'it in both')]
    if (aliasNames.has(target)) return [faultAt(context, at, 'a model, not another alias')]
    if (retiredNames.has(target)) return [faultAt(context, at, 'a model that is not in `retired`')]
    return []
  })
  const retiredFaults = Object.entries(isTree(retired) ? retired : {}).flatMap(([name, successor]): ConfigFault[] =>
    typeof successor === 'string' && retiredNames.has(successor)
      ? [faultAt(context, ['retired', name], 'a successor that is not retired itself')]
      : [],
  )
  return [...aliasFaults, ...retiredFaults]
}
