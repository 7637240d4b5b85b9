import { isObject, type JsonObject, jsonOf } from '../json.ts'
import { mergedAllOf } from './schema-merge.ts'
import {
  described,
  type FittedSchema,
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
  without,
} from './schema-walk.ts'

/** A JSON Schema with only the keywords of one vendor. */
interface Dialect {
  /** Keywords written as they are, besides those that hold schemas. */
  readonly keeps: ReadonlySet<string>
  /** Keywords that hold schemas. */
  readonly nests: ReadonlySet<string>
  readonly formats: ReadonlySet<string> | 'all'
  /** Objects must say `additionalProperties: false`; arrays ask for at most one item; types are single and named. */
  readonly constrains: boolean
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** What vendors hold an answer to, word for word: Anthropic's `output_config.format`, OpenAI's strict schemas. */
const CONSTRAINED: Dialect = {
  keeps: set('type title description enum const default required'),
  nests: set('properties items anyOf $defs definitions'),
  formats: set('date-time time date duration email hostname uri ipv4 ipv6 uuid'),
  constrains: true,
}

/** What Google documents of `parametersJsonSchema` and `responseJsonSchema`. */
const GEMINI: Dialect = {
  keeps: set('$id $anchor type title description enum required minItems maxItems minimum maximum propertyOrdering'),
  nests: set('properties items prefixItems anyOf oneOf additionalProperties $defs definitions'),
  formats: 'all',
  constrains: false,
}

/** Says nothing about what matches. */
const SILENT = set('$schema $id $anchor $comment $vocabulary $dynamicAnchor nullable')
/** Says nothing that can be broken, but something worth reading. */
const REMARKS = set('default examples example deprecated readOnly writeOnly')

/**
 * A schema for an answer that a vendor holds to it: `oneOf` as `anyOf`, objects closed, `allOf` merged, other keywords
 * told in the description. `$defs` and `$ref` stay. Property order stays.
 */
export const forConstrainedOutput = (schema: unknown): FittedSchema => fitted(schema, CONSTRAINED)

/** A schema for Gemini's `parametersJsonSchema` and `responseJsonSchema`; nothing becomes an object without properties. */
export const toGeminiJsonSchema = (schema: unknown): FittedSchema => {
  if (schema === undefined || schema === null) return { schema: { type: 'object', properties: {} }, changed: false }
  return fitted(schema, GEMINI)
}

const fitted = (schema: unknown, dialect: Dialect): FittedSchema => {
  const rewriting = startRewriting(isSchema(schema) ? schema : {})
  return { schema: fit(rootOf(schema), { dialect, rewriting, level: 0 }), changed: rewriting.changed }
}

/** A root that only refers to one of its definitions is that definition: vendors want to see an object there. */
const rootOf = (schema: unknown): unknown => {
  if (!isSchema(schema) || schema.$ref === undefined) return schema
  const target = resolveRef(schema, schema.$ref)
  const isLast = !isSchema(target) || target === schema || target.$ref !== undefined
  return isLast ? schema : { ...target, ...without(schema, ['$ref']) }
}

interface Fitting {
  readonly dialect: Dialect
  readonly rewriting: Rewriting
  readonly level: number
}

const ANY_VALUE: JsonObject = {
  anyOf: ['string', 'number', 'boolean', 'null'].map((type) => ({ type })),
}

const anything = ({ dialect }: Fitting): JsonObject => (dialect.constrains ? ANY_VALUE : {})

const lossy = (fitting: Fitting, schema: JsonObject): JsonObject => {
  fitting.rewriting.changed = true
  return schema
}

const fit = (schema: unknown, fitting: Fitting): JsonObject => {
  const { dialect, rewriting, level } = fitting
  if (!isSchema(schema)) return schema === true && !dialect.constrains ? {} : lossy(fitting, anything(fitting))
  if (level > LEVELS_MAX || !spend(rewriting, schema)) {
    return lossy(fitting, {
      type: 'object',
      ...(dialect.constrains && { properties: {}, additionalProperties: false }),
    })
  }
  if (Object.hasOwn(schema, '$ref')) return fitReference(schema, fitting)
  if (Array.isArray(schema.allOf)) return fitAllOf(schema, schema.allOf, fitting)
  if (!dialect.constrains) return fitKeywords(schema, fitting)
  return choices(schema) ? fitChoice(schema, fitting) : fitTypes(schema, fitting)
}

/** What stands beside a choice goes into each of its members: closed objects would contradict each other otherwise. */
const fitChoice = (schema: JsonObject, fitting: Fitting): JsonObject => {
  const keyword = Array.isArray(schema.anyOf) ? 'anyOf' : 'oneOf'
  const members = schema[keyword]
  const beside = without(schema, [keyword, ...SHARED, ...SILENT])
  if (!Array.isArray(members) || Object.keys(beside).length === 0) return fitKeywords(schema, fitting)
  const shared = Object.fromEntries(Object.entries(schema).filter(([name]) => SHARED.includes(name)))
  return fitKeywords({ ...shared, [keyword]: members.map((member) => ({ allOf: [beside, member] })) }, fitting)
}

const fitTypes = (schema: JsonObject, fitting: Fitting): JsonObject => {
  const { level } = fitting
  const types = typesOf(schema).length > 0 ? typesOf(schema) : impliedTypes(schema)
  const [type] = types
  if (type === undefined) {
    const text = typeof schema.description === 'string' ? { description: schema.description } : {}
    return lossy(fitting, { ...ANY_VALUE, ...text })
  }
  if (types.length === 1)
    return fitKeywords(schema.type === type ? schema : { type, ...without(schema, ['type']) }, fitting)
  const anyOf = types.map((each) => fit(narrowedTo(without(schema, SHARED), each), { ...fitting, level: level + 1 }))
  const shared = Object.entries(schema).filter(([keyword]) => SHARED.includes(keyword))
  return { ...fitKeywords(Object.fromEntries(shared), fitting), anyOf }
}

/** Of a schema of several types, what concerns none of them alone. */
const SHARED = ['title', 'description', 'default', '$defs', 'definitions']

const choices = (schema: JsonObject): boolean => Array.isArray(schema.anyOf) || Array.isArray(schema.oneOf)

/** Beside a reference vendors allow nothing, but a choice of one says the same, and may have a description. */
const fitReference = (schema: JsonObject, fitting: Fitting): JsonObject => {
  const { $ref } = schema
  if (!isObject(resolveRef(fitting.rewriting.root, $ref))) return fit(without(schema, ['$ref']), noting(fitting))
  const others = Object.keys(schema).filter((keyword) => keyword !== '$ref' && !SILENT.has(keyword))
  if (others.length === 0) return { $ref }
  const { anyOf, oneOf, ...rest } = schema
  const choice = anyOf === undefined && oneOf === undefined
  if (!choice) fitting.rewriting.changed = true
  return fitKeywords({ ...without(rest, ['$ref']), anyOf: [{ $ref }] }, fitting)
}

const noting = (fitting: Fitting): Fitting => {
  fitting.rewriting.changed = true
  return fitting
}

const fitAllOf = (schema: JsonObject, members: readonly unknown[], fitting: Fitting): JsonObject => {
  const [only] = members
  const rest = without(schema, ['allOf'])
  // A reference with a description, as Pydantic writes it.
  if (members.length === 1 && isSchema(only) && Object.keys(only).join() === '$ref') {
    return fit({ ...only, ...rest }, fitting)
  }
  const merged = mergedAllOf(schema, fitting.rewriting)
  if (merged !== undefined) return fit(merged, { ...fitting, level: fitting.level + 1 })
  return lossy(fitting, fit(noted(rest, [['allOf', members]]), fitting))
}

const fitKeywords = (schema: JsonObject, fitting: Fitting): JsonObject => {
  const { dialect, rewriting } = fitting
  const entries: (readonly [string, unknown])[] = []
  const told: (readonly [string, unknown])[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    const written = fitKeyword(keyword, value, schema, fitting)
    if (written !== undefined) entries.push(...written)
    else if (!SILENT.has(keyword)) {
      if (!REMARKS.has(keyword)) rewriting.changed = true
      told.push([keyword, value])
    }
  }
  const names = isSchema(schema.properties) ? Object.keys(schema.properties) : []
  if (dialect.constrains && typesOf(schema).includes('object')) {
    if (!isSchema(schema.properties)) entries.push(['properties', {}])
    entries.push(['additionalProperties', false])
  }
  if (!dialect.constrains && names.length > 1 && schema.propertyOrdering === undefined) {
    entries.push(['propertyOrdering', names])
  }
  return noted(Object.fromEntries(entries), told)
}

/** The entries to write for a keyword; `undefined` when the dialect has none. */
const fitKeyword = (
  keyword: string,
  value: unknown,
  schema: JsonObject,
  fitting: Fitting,
): readonly (readonly [string, unknown])[] | undefined => {
  const { dialect, rewriting } = fitting
  const inner: Fitting = { ...fitting, level: fitting.level + 1 }
  const each = (member: unknown): JsonObject => fit(member, inner)
  switch (keyword) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return isSchema(value) ? [[keyword, mapMembers(value, each)]] : undefined
    case 'anyOf':
    case 'prefixItems':
      return dialect.nests.has(keyword) && Array.isArray(value) ? [[keyword, value.map(each)]] : undefined
    case 'oneOf':
      if (!Array.isArray(value) || (schema.anyOf !== undefined && dialect.constrains)) return undefined
      if (dialect.constrains) rewriting.changed = true
      return [[dialect.nests.has('oneOf') ? 'oneOf' : 'anyOf', value.map(each)]]
    case 'items':
      return Array.isArray(value) ? fitTuple(value, each, dialect) : [[keyword, each(value)]]
    case 'additionalProperties':
      if (!dialect.constrains) return [[keyword, typeof value === 'boolean' ? value : each(value)]]
      return value === false ? [] : undefined
    case 'required':
      return fitRequired(value, schema, fitting)
    case 'enum':
      return Array.isArray(value) && value.every(isPlain) ? [[keyword, value]] : undefined
    case 'const':
      if (!isPlain(value)) return undefined
      return dialect.keeps.has('const') ? [[keyword, value]] : [['enum', [value]]]
    case 'format':
      return typeof value === 'string' && (dialect.formats === 'all' || dialect.formats.has(value))
        ? [[keyword, value]]
        : undefined
    case 'minItems':
      return !dialect.constrains || value === 0 || value === 1 ? [[keyword, value]] : undefined
    default:
      return dialect.keeps.has(keyword) ? [[keyword, value]] : undefined
  }
}

const isPlain = (value: unknown): boolean => !isSchema(value) && !Array.isArray(value)

const fitTuple = (
  members: readonly unknown[],
  each: (member: unknown) => JsonObject,
  dialect: Dialect,
): readonly (readonly [string, unknown])[] | undefined =>
  dialect.nests.has('prefixItems') ? [['prefixItems', members.map(each)]] : undefined

/** Names of properties that there are; vendors refuse others. */
const fitRequired = (
  value: unknown,
  schema: JsonObject,
  { rewriting }: Fitting,
): readonly (readonly [string, unknown])[] => {
  const { properties } = schema
  const names = textsOf(value)
  const known = names.filter((name) => isSchema(properties) && Object.hasOwn(properties, name))
  if (known.length < names.length) rewriting.changed = true
  return known.length === 0 && names.length > 0 ? [] : [['required', known]]
}

/** Tells in the description what the dialect has no keyword for. */
const noted = (schema: JsonObject, told: readonly (readonly [string, unknown])[]): JsonObject => {
  const notes = told.flatMap(([keyword, value]) => {
    const json = jsonOf(value)
    return json === undefined || json.length > 1_000 ? [] : [`${keyword}: ${json}`]
  })
  return notes.length === 0 ? schema : described(schema, `{${notes.join(', ')}}`)
}
