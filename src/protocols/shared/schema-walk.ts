import { numberOf } from '../../canon/json-text.ts'
import { isObject, type JsonObject, jsonOf } from '../json.ts'

/** A schema brought into a dialect. `changed`: something that it demanded or allowed is not said any more, or not alike. */
export interface FittedSchema {
  readonly schema: JsonObject
  readonly changed: boolean
}

/** Deeper than any schema that a person or a library writes; what is below becomes a schema that demands less. */
export const LEVELS_MAX = 40

/**
 * How many schemas one rewriting may write: so many, and a multiple of those that were read. References that are written
 * out could otherwise multiply without end, and many tools together cost more than their text.
 */
const NODES_FREE = 500
const NODES_FACTOR = 4
const NODES_MAX = 40_000

/** One rewriting of one schema. */
export interface Rewriting {
  readonly root: JsonObject
  nodesLeft: number
  changed: boolean
}

export const startRewriting = (root: JsonObject): Rewriting => ({
  root,
  nodesLeft: NODES_FREE + NODES_FACTOR * nodesOf(root),
  changed: false,
})

/** How many objects and lists a value holds, up to a limit; without recursion, which deep JSON would exhaust. */
const nodesOf = (root: JsonObject): number => {
  const waiting: unknown[] = [root]
  let count = 0
  while (waiting.length > 0 && count < NODES_MAX) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    count++
    for (const member of Object.values(value)) waiting.push(member)
  }
  return count
}

/** A JSON object that is a schema, and not a number kept as it was written. */
export const isSchema = (value: unknown): value is JsonObject => isObject(value) && numberOf(value) === undefined

/** `Object.fromEntries` keeps the order, and a property that is named `__proto__`. */
export const mapMembers = (object: unknown, map: (value: unknown, name: string) => unknown): JsonObject =>
  isSchema(object) ? Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)])) : {}

export const without = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))

export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

const TYPES: readonly string[] = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null']

/** The types a schema names, in lower case; none when it names none. */
export const typesOf = ({ type }: JsonObject): readonly string[] => {
  const named = typeof type === 'string' ? [type] : textsOf(type)
  return [...new Set(named.map((name) => name.toLowerCase()))].filter((name) => TYPES.includes(name))
}

const KEYWORDS_OF: readonly (readonly [type: string, keywords: readonly string[]])[] = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties', 'maxProperties']],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'contains']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
]

/** The types that a schema without `type` means, by its values or its other keywords. */
export const impliedTypes = (schema: JsonObject): readonly string[] => {
  const values = valuesOf(schema)
  if (values !== undefined) return [...new Set(values.map(typeOfValue))]
  return KEYWORDS_OF.filter(([, keywords]) => keywords.some((name) => Object.hasOwn(schema, name))).map(
    ([type]) => type,
  )
}

/** Of a schema of several types, what concerns one of them. */
export const narrowedTo = (schema: JsonObject, type: string): JsonObject => {
  const kin = type === 'integer' ? 'number' : type
  const foreign = KEYWORDS_OF.flatMap(([of, keywords]) => (of === kin ? [] : keywords))
  const narrowed: JsonObject = { ...without(schema, foreign), type }
  if (!Array.isArray(schema.enum)) return narrowed
  const values = schema.enum.filter((value) => isOfType(value, type))
  return values.length === 0 || type === 'null' ? without(narrowed, ['enum']) : { ...narrowed, enum: values }
}

/** The values a schema allows, of `const` or `enum`. */
export const valuesOf = (schema: JsonObject): readonly unknown[] | undefined => {
  if (Object.hasOwn(schema, 'const')) return [schema.const]
  return Array.isArray(schema.enum) && schema.enum.length > 0 ? schema.enum : undefined
}

export const typeOfValue = (value: unknown): string => {
  const number = numberOf(value)
  if (number !== undefined) return Number.isInteger(number) ? 'integer' : 'number'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'string' || typeof value === 'boolean' ? typeof value : 'object'
}

const isOfType = (value: unknown, type: string): boolean =>
  typeOfValue(value) === type || (type === 'number' && typeOfValue(value) === 'integer')

/** Whether two values are the same JSON, the order of members included; not where they are nested too deep to tell. */
export const isSameJson = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  const text = jsonOf(one)
  return text !== undefined && text === jsonOf(other)
}

/** What a local reference (`#`, `#/$defs/Name`) points at; `undefined` when it is another document's or nothing. */
export const resolveRef = (root: JsonObject, ref: unknown): unknown => {
  if (ref === '#') return root
  if (typeof ref !== 'string' || !ref.startsWith('#/') || ref.length > 1_000) return undefined
  let found: unknown = root
  for (const token of ref.slice(2).split('/')) {
    const name = unescaped(token)
    if (Array.isArray(found)) found = /^\d{1,6}$/.test(name) ? found[Number(name)] : undefined
    else found = isSchema(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return found
}

const unescaped = (token: string): string => {
  const plain = token.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(plain)
  } catch {
    return plain
  }
}

/** Takes the cost of a schema, and of the properties it names, from what is left; `false` when nothing is. */
export const spend = (rewriting: Rewriting, ...schemas: readonly JsonObject[]): boolean => {
  const cost = schemas.map(({ properties }) => (isSchema(properties) ? Object.keys(properties).length : 0))
  rewriting.nodesLeft -= cost.reduce((sum, count) => sum + count, 1)
  return rewriting.nodesLeft >= 0
}

/** Adds a sentence to what a schema says of itself. */
export const described = (schema: JsonObject, note: string): JsonObject => {
  const text = typeof schema.description === 'string' && schema.description !== '' ? `${schema.description}\n\n` : ''
  return { ...schema, description: text + note }
}
