import { isObject, type JsonObject } from '../json.ts'
import { isSchema, resolveRef, textsOf, typesOf, valuesOf } from './schema-walk.ts'

/** OpenAI's limits on a strict schema. */
const LEVELS_MAX = 10
const PROPERTIES_MAX = 5_000
const VALUES_MAX = 1_000

const KEYWORDS = new Set([
  '$schema',
  '$ref',
  '$defs',
  'definitions',
  'title',
  'description',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'pattern',
  'format',
  'multipleOf',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
])
const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']

interface Check {
  readonly root: JsonObject
  propertiesLeft: number
  valuesLeft: number
  nodesLeft: number
}

/**
 * Whether OpenAI takes a schema with `strict: true`: every object closed and all its properties required, only the
 * keywords of its documented subset, the root an object and no choice. In doubt `false`: a tool sent without `strict`
 * works, one with a schema outside the subset is refused.
 */
export const isStrictSubset = (schema: unknown): boolean => {
  if (!isSchema(schema) || schema.type !== 'object' || Object.hasOwn(schema, 'anyOf')) return false
  const check = { root: schema, propertiesLeft: PROPERTIES_MAX, valuesLeft: VALUES_MAX, nodesLeft: 20_000 }
  return isStrict(schema, check, 0, 0)
}

/** `objects`: how many objects this one is in; `level`: how many schemas, of whatever kind. */
const isStrict = (schema: unknown, check: Check, objects: number, level: number): boolean => {
  if (!isSchema(schema) || --check.nodesLeft < 0 || objects > LEVELS_MAX || level > 100) return false
  if (!Object.keys(schema).every((keyword) => KEYWORDS.has(keyword))) return false
  if (Object.hasOwn(schema, '$ref'))
    return Object.keys(schema).length === 1 && isObject(resolveRef(check.root, schema.$ref))
  const types = typesOf(schema)
  const values = valuesOf(schema)
  if (types.length === 0 && values === undefined && !Array.isArray(schema.anyOf)) return false
  check.valuesLeft -= values?.length ?? 0
  if (check.valuesLeft < 0) return false
  if (schema.format !== undefined && !FORMATS.some((format) => format === schema.format)) return false
  const nested = (inner: unknown): boolean => isStrict(inner, check, objects, level + 1)
  return (
    (!types.includes('object') || isClosed(schema, check, objects, level)) &&
    (!types.includes('array') || nested(schema.items)) &&
    (schema.anyOf === undefined || (Array.isArray(schema.anyOf) && schema.anyOf.every(nested))) &&
    Object.values(isObject(schema.$defs) ? schema.$defs : {}).every(nested) &&
    Object.values(isObject(schema.definitions) ? schema.definitions : {}).every(nested)
  )
}

const isClosed = (schema: JsonObject, check: Check, objects: number, level: number): boolean => {
  if (schema.additionalProperties !== false) return false
  const properties = isSchema(schema.properties) ? schema.properties : {}
  const names = Object.keys(properties)
  const required = new Set(textsOf(schema.required))
  check.propertiesLeft -= names.length
  return (
    check.propertiesLeft >= 0 &&
    required.size === names.length &&
    names.every((name) => required.has(name)) &&
    Object.values(properties).every((inner) => isStrict(inner, check, objects + 1, level + 1))
  )
}
