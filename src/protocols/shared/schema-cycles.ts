import { isObject, type JsonObject } from '../json.ts'
import { isSchema, resolveRef } from './schema-walk.ts'

/** Deeper than anybody writes; what goes on so long is taken for endless. */
const LEVELS_MAX = 500

/** Hold values, not schemas. */
const VALUES = new Set(['enum', 'const', 'default', 'examples', 'example'])

/** Hold schemas by name: `default` among them is a property of that name. */
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])

/** Whether a schema contains itself: a tree, a list of lists. Some vendors refuse such a schema of an answer. */
export const isRecursive = (schema: unknown): boolean =>
  isSchema(schema) && leadsBack(schema, { root: schema, open: new Set(), done: new Set() }, 0)

interface Search {
  readonly root: JsonObject
  /** What contains the schema that is being looked at. */
  readonly open: Set<object>
  readonly done: Set<object>
}

const leadsBack = (node: unknown, search: Search, level: number, isNamed = false): boolean => {
  if (typeof node !== 'object' || node === null || search.done.has(node)) return false
  if (search.open.has(node) || level > LEVELS_MAX) return true
  search.open.add(node)
  const members = Object.entries(node).filter(([name]) => isNamed || !VALUES.has(name))
  const target = '$ref' in node && typeof node.$ref === 'string' ? resolveRef(search.root, node.$ref) : undefined
  const found =
    members.some(([name, member]) => leadsBack(member, search, level + 1, !isNamed && NAMED.has(name))) ||
    (isObject(target) && leadsBack(target, search, level + 1))
  search.open.delete(node)
  search.done.add(node)
  return found
}
