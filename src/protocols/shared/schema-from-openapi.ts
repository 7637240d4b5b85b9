import { numberOf } from '../../canon/json-text.ts'
import type { JsonObject } from '../json.ts'
import { isSchema, LEVELS_MAX, mapMembers, textsOf } from './schema-walk.ts'

/** The protocol buffer's own names, which Google's API takes as well. */
const ALIASES: Readonly<Record<string, string>> = {
  any_of: 'anyOf',
  max_items: 'maxItems',
  min_items: 'minItems',
  max_length: 'maxLength',
  min_length: 'minLength',
  max_properties: 'maxProperties',
  min_properties: 'minProperties',
  property_ordering: 'propertyOrdering',
  additional_properties: 'additionalProperties',
  defs: '$defs',
}

const LIMITS = ['maxItems', 'minItems', 'maxLength', 'minLength', 'maxProperties', 'minProperties']
const GOOGLE_TYPE = /^(TYPE_UNSPECIFIED|STRING|NUMBER|INTEGER|BOOLEAN|ARRAY|OBJECT|NULL)$/i

/**
 * Gemini's `Schema`, an OpenAPI subset, as JSON Schema: types in lower case, `nullable` as a type of its own, limits as
 * numbers, properties in the order of `propertyOrdering`. Other JSON comes back as it is, a schema nested too deep as `{}`.
 */
export const fromOpenApi = (schema: unknown): unknown => converted(schema, 0)

const converted = (schema: unknown, level: number): unknown => {
  if (!isSchema(schema)) return schema
  if (level > LEVELS_MAX) return {}
  const plain = Object.fromEntries(Object.entries(schema).map(([name, value]) => [ALIASES[name] ?? name, value]))
  const entries = Object.entries(plain).flatMap(([keyword, value]) => convertedKeyword(keyword, value, plain, level))
  const made: JsonObject = Object.fromEntries(entries)
  return plain.nullable === true ? nullable(made) : made
}

const convertedKeyword = (
  keyword: string,
  value: unknown,
  schema: JsonObject,
  level: number,
): readonly (readonly [string, unknown])[] => {
  const inner = (member: unknown): unknown => converted(member, level + 1)
  if (LIMITS.includes(keyword)) return limit(keyword, value)
  switch (keyword) {
    case 'nullable':
    case 'propertyOrdering':
      return []
    case 'type':
      return convertedType(value)
    case 'format':
      return value === 'enum' ? [] : [[keyword, value]]
    case 'enum':
      return Array.isArray(value) ? [[keyword, convertedValues(value, schema.type)]] : []
    case 'example':
      return schema.examples === undefined ? [['examples', [value]]] : []
    case 'properties':
      return [[keyword, isSchema(value) ? inOrder(mapMembers(value, inner), schema.propertyOrdering) : value]]
    case '$defs':
    case 'definitions':
      return [[keyword, isSchema(value) ? mapMembers(value, inner) : value]]
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
    case 'prefixItems':
      return [[keyword, Array.isArray(value) ? value.map(inner) : value]]
    case 'items':
    case 'additionalProperties':
    case 'not':
      return [[keyword, inner(value)]]
    case 'ref':
      return typeof value === 'string' ? [['$ref', value.replace(/^#\/defs\//, '#/$defs/')]] : []
    default:
      return [[keyword, value]]
  }
}

const convertedType = (type: unknown): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(type)) return [['type', textsOf(type).map((name) => name.toLowerCase())]]
  if (typeof type !== 'string' || !GOOGLE_TYPE.test(type)) return [['type', type]]
  return type.toUpperCase() === 'TYPE_UNSPECIFIED' ? [] : [['type', type.toLowerCase()]]
}

/** 64-bit integers are text in protocol buffers' JSON. One that a double cannot hold limits nothing. */
const limit = (keyword: string, value: unknown): readonly (readonly [string, unknown])[] => {
  const number = typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : numberOf(value)
  return Number.isSafeInteger(number) ? [[keyword, number]] : []
}

const convertedValues = (values: readonly unknown[], type: unknown): readonly unknown[] => {
  if (typeof type !== 'string' || !/^(INTEGER|NUMBER)$/i.test(type)) return values
  return values.map((value) =>
    typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value,
  )
}

const inOrder = (properties: JsonObject, order: unknown): JsonObject => {
  const first = textsOf(order).filter((name) => Object.hasOwn(properties, name))
  return Object.fromEntries([...first.map((name) => [name, properties[name]] as const), ...Object.entries(properties)])
}

const nullable = (schema: JsonObject): JsonObject => {
  if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] }
  const types = typeof schema.type === 'string' ? [schema.type] : textsOf(schema.type)
  if (types.length === 0) return schema
  const type = types.includes('null') ? types : [...types, 'null']
  return { ...schema, type, ...(Array.isArray(schema.enum) && { enum: [...schema.enum, null] }) }
}
