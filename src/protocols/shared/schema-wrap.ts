import type { JsonObject } from '../json.ts'
import { COMBINED } from './schema-root.ts'
import { impliedTypes, isSchema, mapMembers, resolveRef, without } from './schema-walk.ts'

/** The member of the object that an answer is wrapped into. */
export const WRAPPING_MEMBER = 'value'

const DEFINITIONS = ['$defs', 'definitions']
/** Deeper than any schema: what is below stays as it is. */
const LEVELS_MAX = 200

export interface RootedSchema {
  readonly schema: unknown
  /** The answer will be `{"value": …}`, and the schema is of that. */
  readonly isWrapped: boolean
}

/**
 * A schema of an answer for APIs that insist on an object: as it came where its root is one and nothing but one, else
 * wrapped into `{"value": …}`. A root that only refers to an object is that object.
 */
export const objectAnswer = (schema: unknown): RootedSchema => {
  const root = isSchema(schema) ? rootOf(schema) : undefined
  if (!root || COMBINED.some((keyword) => Object.hasOwn(root, keyword)))
    return { schema: wrapped(schema), isWrapped: true }
  if (root.type === 'object') return { schema: root, isWrapped: false }
  const isObject = root.type === undefined && impliedTypes(root).join() === 'object'
  return isObject
    ? { schema: { type: 'object', ...root }, isWrapped: false }
    : { schema: wrapped(schema), isWrapped: true }
}

const rootOf = (schema: JsonObject): JsonObject => {
  const target = resolveRef(schema, schema.$ref)
  return isSchema(target) && target !== schema ? { ...target, ...without(schema, ['$ref']) } : schema
}

/** Definitions stay at the root, where references to them lead. */
const wrapped = (schema: unknown): JsonObject => {
  const known = isSchema(schema) ? schema : {}
  const definitions = Object.fromEntries(Object.entries(known).filter(([name]) => DEFINITIONS.includes(name)))
  const inner = without(known, [...DEFINITIONS, '$schema', '$id'])
  return {
    type: 'object',
    properties: { [WRAPPING_MEMBER]: moved(inner, 0) },
    required: [WRAPPING_MEMBER],
    additionalProperties: false,
    ...mapMembers(definitions, (value) => moved(value, 0)),
  }
}

/** References that lead anywhere but to definitions, led to where that stands now. */
const moved = (value: unknown, level: number): unknown => {
  if (level > LEVELS_MAX) return value
  if (Array.isArray(value)) return value.map((member) => moved(member, level + 1))
  if (!isSchema(value)) return value
  return mapMembers(value, (member, name) =>
    name === '$ref' && typeof member === 'string' ? movedReference(member) : moved(member, level + 1),
  )
}

const movedReference = (reference: string): string => {
  const [hash, first = ''] = reference.split('/')
  if (hash !== '#' || DEFINITIONS.includes(first)) return reference
  return `#/properties/${WRAPPING_MEMBER}${reference.slice(1)}`
}
