import { isObject, type JsonObject } from '../json.ts'
import { mergedAllOf } from './schema-merge.ts'
import {
  described,
  type FittedSchema,
  isSameJson,
  isSchema,
  type Rewriting,
  spend,
  startRewriting,
  textsOf,
  typesOf,
  valuesOf,
  without,
} from './schema-walk.ts'

const NOTHING: JsonObject = { type: 'object', properties: {} }
const LEVELS_MAX = 8
const ALTERNATIVES_MAX = 64
const CHOICES = ['oneOf', 'anyOf'] as const
/** What vendors refuse at the root. */
export const COMBINED: readonly string[] = ['$ref', 'allOf', ...CHOICES, 'not', 'enum', 'const']

/**
 * A tool's parameters with `type: object` and `properties` at the root and none of `$ref`, `allOf`, `anyOf`, `oneOf`,
 * `not`, `enum`, `const` there, which vendors refuse. Alternatives become the union of their properties, with what they
 * all require, and a sentence that lists them. What needs nothing is returned as it came.
 */
export const objectRoot = (schema: unknown): FittedSchema => {
  if (!isSchema(schema)) return { schema: NOTHING, changed: schema !== undefined && schema !== null && schema !== true }
  const rewriting = startRewriting(schema)
  const combined = COMBINED.some((keyword) => Object.hasOwn(schema, keyword))
  const lifted = combined ? lift(schema, rewriting, 0) : schema
  const types = lifted ? typesOf(lifted) : []
  if (lifted === undefined || (types.length > 0 && !types.includes('object'))) return { schema: NOTHING, changed: true }
  const changed = rewriting.changed || types.length > 1
  if (lifted.type === 'object' && isObject(lifted.properties)) return { schema: lifted, changed }
  const properties = isObject(lifted.properties) ? lifted.properties : {}
  return { schema: { type: 'object', ...without(lifted, ['type']), properties }, changed }
}

/** The schema without combinators; `undefined` when no object can match it. */
const lift = (schema: unknown, rewriting: Rewriting, level: number): JsonObject | undefined => {
  if (schema === true) return {}
  if (!isSchema(schema)) return undefined
  if (level > LEVELS_MAX || !spend(rewriting, schema)) {
    rewriting.changed = true
    return {}
  }
  const types = typesOf(schema)
  if (types.length > 0 && !types.includes('object')) return undefined
  const plain = mergedAllOf(referred(schema), rewriting) ?? simplified(schema, ['$ref', 'allOf'], rewriting)
  let lifted = simplified(plain, ['not', 'enum', 'const'], rewriting)
  for (const keyword of CHOICES) {
    if (Object.hasOwn(lifted, keyword)) lifted = withAlternatives(lifted, keyword, rewriting, level)
  }
  return lifted
}

/** A reference beside other keywords means both, as `allOf` does. */
const referred = (schema: JsonObject): JsonObject => {
  if (!Object.hasOwn(schema, '$ref')) return schema
  const members = Array.isArray(schema.allOf) ? schema.allOf : []
  return { ...without(schema, ['$ref']), allOf: [{ $ref: schema.$ref }, ...members] }
}

const simplified = (schema: JsonObject, keywords: readonly string[], rewriting: Rewriting): JsonObject => {
  if (!keywords.some((keyword) => Object.hasOwn(schema, keyword))) return schema
  rewriting.changed = true
  return without(schema, keywords)
}

const withAlternatives = (
  schema: JsonObject,
  keyword: (typeof CHOICES)[number],
  rewriting: Rewriting,
  level: number,
): JsonObject => {
  const listed = Array.isArray(schema[keyword]) ? schema[keyword] : []
  if (listed.length > ALTERNATIVES_MAX) rewriting.changed = true
  const alternatives = listed
    .slice(0, ALTERNATIVES_MAX)
    .map((alternative) => lift(alternative, rewriting, level + 1))
    .filter((alternative) => alternative !== undefined)
  const rest = without(schema, [keyword])
  const [only] = alternatives
  if (alternatives.length > 1 || only === undefined) rewriting.changed = true
  if (only === undefined) return rest
  const united = { ...rest, ...union(rest, alternatives, rewriting) }
  return alternatives.length === 1 ? united : described(united, sentence(keyword, alternatives))
}

/** What the schema says of properties, with what its alternatives say. */
const union = (schema: JsonObject, alternatives: readonly JsonObject[], rewriting: Rewriting): JsonObject => {
  const properties = new Map(Object.entries(isObject(schema.properties) ? schema.properties : {}))
  const own = new Set(properties.keys())
  for (const alternative of alternatives) {
    if (!spend(rewriting, alternative)) break
    const theirs = isObject(alternative.properties) ? alternative.properties : {}
    for (const [name, value] of Object.entries(theirs)) {
      // A property of the schema's own is already described there, in general; the alternatives narrow it.
      if (!properties.has(name)) properties.set(name, value)
      else if (!own.has(name)) properties.set(name, eitherOf(properties.get(name), value))
    }
  }
  const inAll = alternatives
    .map(({ required }) => textsOf(required))
    .reduce((common, names) => common.filter((name) => names.includes(name)))
  const required = [...new Set([...textsOf(schema.required), ...inAll])]
  const closed = alternatives.every(({ additionalProperties }) => additionalProperties === false)
  return {
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(closed && { additionalProperties: false }),
  }
}

/** A schema of what matches one or the other; values in a list where both name values, as of a discriminator. */
const eitherOf = (one: unknown, other: unknown): unknown => {
  if (isSameJson(one, other)) return one
  const mine = isSchema(one) ? plainValues(one) : undefined
  const theirs = isSchema(other) ? plainValues(other) : undefined
  if (isSchema(one) && mine && theirs) {
    const values = [...mine, ...theirs.filter((value) => !mine.some((before) => isSameJson(before, value)))]
    return { ...without(one, ['const']), enum: values }
  }
  const listed = isSchema(one) && Object.keys(one).length === 1 && Array.isArray(one.anyOf) ? one.anyOf : [one]
  return listed.some((member) => isSameJson(member, other)) ? one : { anyOf: [...listed, other] }
}

/** Its values, when it says nothing else that matters; without types, or the types would have to be united too. */
const plainValues = (schema: JsonObject): readonly unknown[] | undefined => {
  const others = Object.keys(schema).filter(
    (keyword) => !['const', 'enum', 'type', 'description', 'title'].includes(keyword),
  )
  const values = valuesOf(schema)
  return others.length === 0 && values?.every((value) => typeof value === 'string') ? values : undefined
}

const sentence = (keyword: (typeof CHOICES)[number], alternatives: readonly JsonObject[]): string => {
  const sets = alternatives.slice(0, 16).map((alternative) => {
    const required = textsOf(alternative.required)
    const names = Object.keys(isObject(alternative.properties) ? alternative.properties : {})
    const optional = names.filter((name) => !required.includes(name)).map((name) => `${name}?`)
    const set = [...required, ...optional].join(', ').slice(0, 200) || 'nothing'
    return typeof alternative.title === 'string' ? `${alternative.title.slice(0, 100)}: ${set}` : set
  })
  return `${keyword === 'oneOf' ? 'Exactly' : 'At least'} one of these sets of arguments: ${sets.join(' | ')}.`
}
