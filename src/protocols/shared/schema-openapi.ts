import { numberOf } from '../../canon/json-text.ts'
import { isObject, type JsonObject } from '../json.ts'
import { mergedAllOf } from './schema-merge.ts'
import {
  impliedTypes,
  isSchema,
  LEVELS_MAX,
  mapMembers,
  narrowedTo,
  type Rewriting,
  resolveRef,
  spend,
  startRewriting,
  textsOf,
  typesOf,
  valuesOf,
  without,
} from './schema-walk.ts'

export interface OpenApiSchema {
  /** `undefined`: an object of nothing, for which Gemini wants no schema at all. */
  readonly schema: JsonObject | undefined
  readonly changed: boolean
}

/** Keywords that mean nothing for what matches. */
const SILENT = new Set(
  '$schema $id $anchor $comment $defs definitions $vocabulary examples readOnly writeOnly deprecated'.split(' '),
)
/** What is read of a schema in another place than by its keyword. */
const CONSUMED = new Set('type nullable $ref allOf anyOf oneOf const enum required properties items'.split(' '))
const PLAIN = new Set('$schema type properties required additionalProperties title description'.split(' '))
const LIMITS = new Set('maxItems minItems maxLength minLength maxProperties minProperties'.split(' '))
/** Gemini refuses other formats of a string; those of numbers are Google's own. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  string: ['date-time', 'enum'],
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
}

const ANY_VALUE: JsonObject = { anyOf: ['STRING', 'NUMBER', 'BOOLEAN', 'OBJECT'].map((type) => ({ type })) }

/**
 * A JSON Schema as Gemini's `Schema`, the OpenAPI subset of older models: references written out (one that refers to
 * itself becomes an object of anything), constants and numeric values as lists of text, limits as text, the order of
 * properties told. `changed`: something could not be said.
 */
export const toOpenApi = (schema: unknown): OpenApiSchema => {
  if (schema === undefined || schema === null) return { schema: undefined, changed: false }
  const rewriting = startRewriting(isSchema(schema) ? schema : {})
  const made = convert(schema, { rewriting, level: 0, within: [] })
  const empty = made.type === 'OBJECT' && (!isObject(made.properties) || Object.keys(made.properties).length === 0)
  // An object of nothing loses nothing by not being closed.
  const isPlain = isSchema(schema) && Object.keys(schema).every((keyword) => PLAIN.has(keyword))
  return empty
    ? { schema: undefined, changed: rewriting.changed && !isPlain }
    : { schema: made, changed: rewriting.changed }
}

interface Converting {
  readonly rewriting: Rewriting
  readonly level: number
  /** The references being written out. */
  readonly within: readonly unknown[]
}

const lossy = ({ rewriting }: Converting, schema: JsonObject): JsonObject => {
  rewriting.changed = true
  return schema
}

const convert = (schema: unknown, converting: Converting): JsonObject => {
  const { rewriting, level } = converting
  if (!isSchema(schema)) return lossy(converting, ANY_VALUE)
  if (level > LEVELS_MAX || !spend(rewriting, schema)) return lossy(converting, { type: 'OBJECT' })
  const inner = { ...converting, level: level + 1 }
  if (Object.hasOwn(schema, '$ref')) return convertReference(schema, inner)
  if (Array.isArray(schema.allOf)) {
    return convertAllOf(schema, schema.allOf, inner)
  }
  if (Array.isArray(schema.anyOf)) return convertChoice(schema, schema.anyOf, 'anyOf', inner)
  if (Array.isArray(schema.oneOf)) return lossy(converting, convertChoice(schema, schema.oneOf, 'oneOf', inner))
  const types = typesOf(schema).length > 0 ? typesOf(schema) : impliedTypes(schema)
  const solid = types.filter((type) => type !== 'null')
  const isNullable = solid.length < types.length || schema.nullable === true
  const [type] = solid
  if (type === undefined) {
    return types.length > 0 ? { ...texts(schema), type: 'NULL' } : lossy(converting, { ...texts(schema), ...ANY_VALUE })
  }
  if (solid.length === 1) return convertTyped(schema, type, isNullable, inner)
  const anyOf = solid.map((each) => convertTyped(narrowedTo(without(schema, TEXTS), each), each, false, inner))
  return withoutDefault(schema, { ...texts(schema), anyOf, ...(isNullable && { nullable: true }) }, converting)
}

/** Gemini reads no default beside a choice. */
const withoutDefault = (schema: JsonObject, converted: JsonObject, converting: Converting): JsonObject =>
  Object.hasOwn(schema, 'default') ? lossy(converting, converted) : converted

const TEXTS = ['title', 'description', 'default']
const texts = (schema: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword === 'title' || keyword === 'description'))

const convertReference = (schema: JsonObject, converting: Converting): JsonObject => {
  const target = resolveRef(converting.rewriting.root, schema.$ref)
  const rest = without(schema, ['$ref'])
  if (!isSchema(target) || converting.within.includes(target))
    return lossy(converting, { ...texts(rest), type: 'OBJECT' })
  return convert({ ...target, ...rest }, { ...converting, within: [...converting.within, target] })
}

const convertAllOf = (schema: JsonObject, members: readonly unknown[], converting: Converting): JsonObject => {
  const { rewriting, within } = converting
  const targets = members.flatMap((member) => (isSchema(member) ? [resolveRef(rewriting.root, member.$ref)] : []))
  const found = targets.filter(isSchema)
  if (found.some((target) => within.includes(target))) return lossy(converting, { ...texts(schema), type: 'OBJECT' })
  const inner = { ...converting, within: [...within, ...found] }
  const merged = mergedAllOf(schema, rewriting)
  return merged ? convert(merged, inner) : lossy(converting, convert(withFirst(schema, members), inner))
}

/** Of demands that contradict each other, or cannot be read, the first and the schema's own. */
const withFirst = (schema: JsonObject, members: readonly unknown[]): JsonObject => {
  const first = members.find((member) => isSchema(member) && !Object.hasOwn(member, 'allOf'))
  return { ...(isSchema(first) ? first : {}), ...without(schema, ['allOf']) }
}

const convertChoice = (
  schema: JsonObject,
  members: readonly unknown[],
  keyword: 'anyOf' | 'oneOf',
  converting: Converting,
): JsonObject => {
  // What stands beside a choice is demanded of every member; Gemini reads nothing beside it.
  const beside = without(schema, [keyword, ...TEXTS, ...SILENT])
  const solid = members.filter((member) => !isSchema(member) || typesOf(member).join() !== 'null')
  const isNullable = solid.length < members.length || schema.nullable === true
  const made = solid.map((member) => {
    if (!isSchema(member) || Object.keys(beside).length === 0) return convert(member, converting)
    return convert({ allOf: [beside, member] }, converting)
  })
  const [only] = made
  const marked = isNullable && { nullable: true }
  if (only === undefined)
    return isNullable ? { ...texts(schema), type: 'NULL' } : lossy(converting, { ...texts(schema), ...ANY_VALUE })
  const choice =
    made.length === 1 ? { ...only, ...texts(schema), ...marked } : { ...texts(schema), anyOf: made, ...marked }
  return withoutDefault(schema, choice, converting)
}

const convertTyped = (schema: JsonObject, type: string, isNullable: boolean, converting: Converting): JsonObject => {
  const entries: (readonly [string, unknown])[] = [['type', type.toUpperCase()]]
  const values = valuesOf(schema)
  if (values !== undefined) entries.push(...convertValues(values, type, converting))
  for (const [keyword, value] of Object.entries(schema)) {
    // What is in a list needs no other limits.
    if (values !== undefined && keyword !== 'title' && keyword !== 'description') continue
    const written = convertKeyword(keyword, value, type)
    if (written !== undefined) entries.push(written)
    else if (!SILENT.has(keyword) && !CONSUMED.has(keyword) && !isDefault(keyword, value))
      converting.rewriting.changed = true
  }
  if (type === 'object') entries.push(...convertMembers(schema, converting))
  if (type === 'array') entries.push(['items', convertItems(schema, converting)])
  if (isNullable || values?.includes(null)) entries.push(['nullable', true])
  return Object.fromEntries(entries)
}

const isDefault = (keyword: string, value: unknown): boolean => keyword === 'additionalProperties' && value === true

const convertKeyword = (keyword: string, value: unknown, type: string): readonly [string, unknown] | undefined => {
  if (LIMITS.has(keyword)) {
    const number = numberOf(value)
    return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? [keyword, String(number)] : undefined
  }
  switch (keyword) {
    case 'title':
    case 'description':
    case 'pattern':
      return typeof value === 'string' ? [keyword, value] : undefined
    case 'default':
    case 'example':
      return [keyword, value]
    case 'minimum':
    case 'maximum':
      return numberOf(value) === undefined ? undefined : [keyword, value]
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return exclusive(keyword, numberOf(value), type)
    case 'format':
      return typeof value === 'string' && FORMATS[type]?.includes(value) ? [keyword, value] : undefined
    case 'propertyOrdering':
      return Array.isArray(value) ? [keyword, textsOf(value)] : undefined
    default:
      return undefined
  }
}

/** Among integers "more than 1" is "at least 2". */
const exclusive = (
  keyword: string,
  limit: number | undefined,
  type: string,
): readonly [string, unknown] | undefined => {
  if (type !== 'integer' || limit === undefined || !Number.isSafeInteger(limit)) return undefined
  return keyword === 'exclusiveMinimum' ? ['minimum', limit + 1] : ['maximum', limit - 1]
}

/** Values are text, of type STRING: Gemini refuses lists of values of other types. */
const convertValues = (
  values: readonly unknown[],
  type: string,
  converting: Converting,
): readonly (readonly [string, unknown])[] => {
  const solid = values.filter((value) => value !== null)
  const written = solid.flatMap((value) => {
    if (typeof value === 'string') return value === '' ? [] : [value]
    const number = numberOf(value)
    return number === undefined ? [] : [JSON.stringify(value)]
  })
  const allTexts = solid.every((value) => typeof value === 'string') && type === 'string'
  if (!allTexts || written.length < solid.length) converting.rewriting.changed = true
  const isListed = written.length > 0 && (type === 'string' || type === 'integer' || type === 'number')
  return isListed && written.length === solid.length
    ? [
        ['type', 'STRING'],
        ['format', 'enum'],
        ['enum', [...new Set(written)]],
      ]
    : []
}

const convertMembers = (schema: JsonObject, converting: Converting): readonly (readonly [string, unknown])[] => {
  const properties = mapMembers(schema.properties, (value) => convert(value, converting))
  const names = Object.keys(properties)
  const required = textsOf(schema.required)
  const known = required.filter((name) => Object.hasOwn(properties, name))
  if (known.length < required.length) converting.rewriting.changed = true
  if (names.length === 0) return []
  return [
    ['properties', properties],
    ...(known.length > 0 ? [['required', known] as const] : []),
    ...(names.length > 1 && schema.propertyOrdering === undefined ? [['propertyOrdering', names] as const] : []),
  ]
}

/** Gemini refuses an array that does not say of what. */
const convertItems = (schema: JsonObject, converting: Converting): JsonObject => {
  const { items } = schema
  const tuple = Array.isArray(items) ? items : schema.prefixItems
  if (!Array.isArray(tuple)) return isSchema(items) ? convert(items, converting) : lossy(converting, ANY_VALUE)
  return lossy(converting, tuple.length === 0 ? ANY_VALUE : convert({ anyOf: tuple }, converting))
}
