import type { Catalogue } from '../providers/catalogue.ts'
import { parameterTree } from '../routing/rules-parameters.ts'
import type { RuleSource } from '../routing/rules.ts'
import { type ConfigFault, describeFound, type Origins } from './faults.ts'
import { entryOf, formatPath, isTree, type Path, type Tree, valueAt } from './tree.ts'

/** What rules refer to. */
export interface RuleContext {
  readonly tree: Tree
  readonly origins: Origins
  readonly catalogue: () => Catalogue
}

/** What a rule shows only beside the rest of the configuration: references to nothing, effects that exclude each other. */
export const ruleFaults = (context: RuleContext): ConfigFault[] => {
  const { tree, catalogue } = context
  const mistake = mistakeIn(context)
  return Object.entries(sectionIn(tree.groups)).flatMap(([group, body]) => {
    const names = new Set<string>()
    return listIn(entryOf(body, 'rules')).flatMap((rule, index): ConfigFault[] => {
      const at: Path = ['groups', group, 'rules', index]
      return [
        ...nameFaults(mistake, at, rule, names),
        ...conditionFaults(mistake, at, entryOf(rule, 'when')),
        ...effectFaults(mistake, at, entryOf(rule, 'do')),
        ...channelFaults(mistake, at, group, entryOf(rule, 'do'), tree),
        ...modelFaults(mistake, at, entryOf(entryOf(rule, 'do'), 'model'), tree, catalogue),
      ]
    })
  })
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const sectionIn = (value: unknown): Tree => (isTree(value) ? value : {})

/** A mistake at a place, in words. */
type Mistake = (path: Path, expected: string) => ConfigFault

const mistakeIn =
  ({ tree, origins }: RuleContext): Mistake =>
  (path, expected) => {
    const at = formatPath(path)
    return { path: at, expected, found: describeFound(valueAt(tree, path), false, origins.get(at)) }
  }

const nameFaults = (mistake: Mistake, at: Path, rule: unknown, names: Set<string>): ConfigFault[] => {
  const name = entryOf(rule, 'name')
  if (typeof name !== 'string' || name === '') return []
  if (names.has(name)) return [mistake([...at, 'name'], 'a name no other rule of the group has')]
  names.add(name)
  return []
}

/** As they may be written, `16KiB` and `65536` are not compared here: only what is a number already. */
const conditionFaults = (mistake: Mistake, at: Path, when: unknown): ConfigFault[] => {
  const [min, max] = [entryOf(when, 'bytes_min'), entryOf(when, 'bytes_max')]
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return []
  return [mistake([...at, 'when', 'bytes_max'], 'a size that is not below `bytes_min`')]
}

const isNamed = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '') return false
  return isTree(value) ? Object.keys(value).length > 0 : true
}

const effectFaults = (mistake: Mistake, at: Path, effects: unknown): ConfigFault[] => {
  const others = ['model', 'channels', 'parameters'].filter((name) => isNamed(entryOf(effects, name)))
  if (isNamed(entryOf(effects, 'refuse')) && others.length > 0)
    return [mistake([...at, 'do', 'refuse'], `it alone: what is refused has no \`${others[0]}\``)]
  const parameters = sectionIn(entryOf(effects, 'parameters'))
  const read = parameterTree(new Map(Object.keys(parameters).map((name) => [name, null])))
  if (read.ok) return []
  const expected = 'a name that is not around or inside of another one here'
  return [mistake([...at, 'do', 'parameters', read.error], expected)]
}

/** The channels of a group, as they are named in the configuration or made for its providers. */
const channelsOf = (tree: Tree, group: string): ReadonlySet<unknown> => {
  if (!Array.isArray(tree.channels)) return new Set(group === 'default' ? Object.keys(sectionIn(tree.providers)) : [])
  const ofGroup = tree.channels.filter((channel) => {
    const groups = entryOf(channel, 'groups')
    return Array.isArray(groups) ? groups.includes(group) : group === 'default'
  })
  return new Set(ofGroup.map((channel) => entryOf(channel, 'id')))
}

const channelFaults = (mistake: Mistake, at: Path, group: string, effects: unknown, tree: Tree): ConfigFault[] => {
  const named = listIn(entryOf(effects, 'channels'))
  if (named.length === 0) {
    if (!Array.isArray(entryOf(effects, 'channels'))) return []
    return [mistake([...at, 'do', 'channels'], 'at least one channel, or null')]
  }
  const known = channelsOf(tree, group)
  return named.flatMap((channel, position) => {
    if (typeof channel !== 'string' || channel === '' || known.has(channel)) return []
    const choice = known.size === 0 ? 'which has none' : [...known].join(', ')
    return [mistake([...at, 'do', 'channels', position], `a channel of the group ${group}: ${choice}`)]
  })
}

const modelFaults = (
  mistake: Mistake,
  at: Path,
  model: unknown,
  tree: Tree,
  catalogue: () => Catalogue,
): ConfigFault[] => {
  if (typeof model !== 'string' || model === '') return []
  const found = catalogue().resolve(model)
  if (found.ok) return []
  const slash = model.indexOf('/')
  const isProvider = slash > 0 && namesProvider(tree, model.slice(0, slash))
  const behind = isProvider ? catalogue().resolve(model.slice(slash + 1)) : found
  return behind.ok ? [] : [mistake([...at, 'do', 'model'], `a model of the catalogue. ${behind.error.message}`)]
}

const namesProvider = (tree: Tree, name: string): boolean =>
  Object.entries(sectionIn(tree.providers)).some(([id, provider]) => id === name || entryOf(provider, 'kind') === name)

/** Rules that never come to anything, as an earlier one matches whatever they would. */
export const ruleWarnings = (groups: ReadonlyMap<string, { readonly rules: readonly RuleSource[] }>): string[] =>
  [...groups].flatMap(([group, { rules }]) =>
    rules.flatMap((rule, index) => {
      const isOn = ({ enabled = true }: RuleSource): boolean => enabled
      const earlier = rules.slice(0, index).findIndex((other) => isOn(other) && isWider(other.when, rule.when))
      if (earlier === -1 || !isOn(rule)) return []
      return [`groups.${group}.rules[${index}] never counts: rules[${earlier}] matches whatever it would.`]
    }),
  )

type When = RuleSource['when']

/** Whether all that matches `other` matches `one`. What is not seen to be so is taken not to be. */
const isWider = (one: When, other: When): boolean =>
  isSubset(other.models, one.models, (all) => all.includes('*')) &&
  isSubset(other.formats, one.formats) &&
  isSubset(other.labels, one.labels) &&
  isSameOrFree(one.stream, other.stream) &&
  isSameOrFree(one.tools, other.tools) &&
  isSameOrFree(one.images, other.images) &&
  (one.bytesMin === null || (other.bytesMin !== null && other.bytesMin >= one.bytesMin)) &&
  (one.bytesMax === null || (other.bytesMax !== null && other.bytesMax <= one.bytesMax)) &&
  [...one.headers].every(([name, value]) => other.headers.get(name) === value) &&
  isSameTime(one, other)

const isSameTime = (one: When, other: When): boolean => {
  if (one.hours === null && one.days === null) return true
  // Which day it is depends on the hours, where they go on after midnight.
  return one.hours === other.hours && isSubset(other.days, one.days) && one.zone === other.zone
}

const isSameOrFree = <T>(one: T | null, other: T | null): boolean => one === null || one === other

const isSubset = <T>(
  few: readonly T[] | null,
  many: readonly T[] | null,
  isAll: (many: readonly T[]) => boolean = () => false,
): boolean => many === null || isAll(many as readonly T[]) || (few?.every((each) => many.includes(each)) ?? false)
