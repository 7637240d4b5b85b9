import type { JsonObject } from '../json.ts'
import {
  isSameJson,
  isSchema,
  LEVELS_MAX,
  type Rewriting,
  spend,
  resolveRef,
  textsOf,
  typesOf,
  without,
} from './schema-walk.ts'

/**
 * A schema that says without `allOf` what it says with it. `undefined` when that cannot be, because two members say
 * something different of the same thing, or one of them refers to itself.
 */
export const mergedAllOf = (schema: JsonObject, rewriting: Rewriting, level = 0): JsonObject | undefined => {
  if (!Array.isArray(schema.allOf)) return schema
  let merged: JsonObject | undefined = without(schema, ['allOf'])
  for (const member of schema.allOf) {
    if (merged === undefined) return undefined
    const part = memberOf(member, rewriting, level)
    merged = part && spend(rewriting, merged, part) ? mergedPair(merged, part) : undefined
  }
  return merged
}

const memberOf = (member: unknown, rewriting: Rewriting, level: number): JsonObject | undefined => {
  if (member === true) return {}
  if (!isSchema(member) || level > LEVELS_MAX || !spend(rewriting, member)) return undefined
  const { $ref } = member
  if ($ref === undefined) return mergedAllOf(member, rewriting, level + 1)
  const target = memberOf(resolveRef(rewriting.root, $ref), rewriting, level + 1)
  const rest = mergedAllOf(without(member, ['$ref']), rewriting, level + 1)
  return target && rest && mergedPair(rest, without(target, ['$defs', 'definitions']))
}

/** What both schemas demand. */
const mergedPair = (one: JsonObject, other: JsonObject): JsonObject | undefined => {
  const merged = new Map(Object.entries(one))
  for (const [keyword, value] of Object.entries(other)) {
    const before = merged.get(keyword)
    const both = merged.has(keyword) ? mergedKeyword(keyword, before, value, one, other) : value
    if (both === undefined) return undefined
    merged.set(keyword, both)
  }
  return Object.fromEntries(merged)
}

const mergedKeyword = (keyword: string, one: unknown, other: unknown, a: JsonObject, b: JsonObject): unknown => {
  switch (keyword) {
    case 'properties':
      return isSchema(one) && isSchema(other) ? mergedProperties(one, other) : undefined
    case 'required':
      return [...new Set([...textsOf(one), ...textsOf(other)])]
    case 'type': {
      const types = typesOf(a).filter((type) => typesOf(b).includes(type))
      return types.length > 1 ? types : types[0]
    }
    // What stands nearer to the use says more of it.
    case 'description':
    case 'title':
    case 'default':
    case 'examples':
      return one
    default:
      return isSameJson(one, other) ? one : undefined
  }
}

const mergedProperties = (one: JsonObject, other: JsonObject): JsonObject => {
  const merged = new Map(Object.entries(one))
  for (const [name, schema] of Object.entries(other)) {
    const before = merged.get(name)
    const same = !merged.has(name) || isSameJson(before, schema)
    merged.set(name, same ? schema : { allOf: [before, schema] })
  }
  return Object.fromEntries(merged)
}
