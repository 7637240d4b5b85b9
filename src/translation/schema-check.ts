import { numberOf, writeJson } from '../canon/json-text.ts'
import { codePointsOf } from '../protocols/shared/code-points.ts'
import { isSchema, resolveRef, textsOf, typeOfValue, typesOf, valuesOf } from '../protocols/shared/schema-walk.ts'

/** One comparison of a value with a schema. */
interface Check {
  readonly root: unknown
  stepsLeft: number
}

/** A schema may ask for more comparisons than there are atoms, and lead in circles: what is left then counts as kept. */
const STEPS_MAX = 200_000
const LEVELS_MAX = 200

type Look = (
  value: unknown,
  schema: Readonly<Record<string, unknown>>,
  inside: (value: unknown, schema: unknown, step: string) => string | undefined,
) => string | undefined

/**
 * Where a value breaks a JSON Schema, in words; `undefined` where nothing says that it does. In doubt it does not: keywords
 * that are not known are passed over, and so are `not`, of which a schema says what it is not; `oneOf` asks for one or more.
 * Regular expressions are not run, as a client writes them and one can take for ever.
 */
export const breachOf = (value: unknown, schema: unknown): string | undefined =>
  breachAt(value, schema, '', { root: schema, stepsLeft: STEPS_MAX }, 0)

const breachAt = (value: unknown, schema: unknown, path: string, check: Check, level: number): string | undefined => {
  if (schema === false) return `${placeOf(path)} may not be there`
  if (!isSchema(schema) || level > LEVELS_MAX || --check.stepsLeft < 0) return undefined
  const inside = (inner: unknown, of: unknown, step: string): string | undefined =>
    breachAt(inner, of, step === '' ? path : `${path}/${step}`, check, level + 1)
  const target =
    typeof schema.$ref === 'string' && isSchema(check.root) ? resolveRef(check.root, schema.$ref) : undefined
  if (target !== undefined) {
    const breach = inside(value, target, '')
    if (breach !== undefined) return breach
  }
  for (const look of LOOKS) {
    const breach = look(value, schema, inside)
    if (breach !== undefined) return breach.startsWith(INNER) ? breach : `${placeOf(path)} ${breach}`
  }
  return undefined
}

/** How a breach begins that was found further in. */
const INNER = 'its '
const PATH_LENGTH_MAX = 200

const placeOf = (path: string): string => (path === '' ? 'its root' : `its member ${path.slice(0, PATH_LENGTH_MAX)}`)

const ofType: Look = (value, schema) => {
  const types = typesOf(schema)
  const type = typeOfValue(value)
  if (types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'))) return undefined
  return `is no ${types.join(' or ')}`
}

const ofValues: Look = (value, schema) => {
  const values = valuesOf(schema)
  return values === undefined || values.some((known) => isEqual(known, value)) ? undefined : 'is none of the values'
}

const ofChoices: Look = (value, schema, inside) => {
  if (Array.isArray(schema.allOf))
    for (const member of schema.allOf) {
      const breach = inside(value, member, '')
      if (breach !== undefined) return breach
    }
  for (const members of [schema.anyOf, schema.oneOf]) {
    if (!Array.isArray(members) || members.length === 0) continue
    if (members.every((member) => inside(value, member, '') !== undefined)) return 'is none of the alternatives'
  }
  return undefined
}

const beyond = (count: number, least: unknown, most: unknown): boolean =>
  count < (numberOf(least) ?? -Infinity) || count > (numberOf(most) ?? Infinity)

const ofNumbers: Look = (value, schema) => {
  const number = numberOf(value)
  if (number === undefined) return undefined
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const isOut = beyond(number, minimum, maximum)
  const isAtEdge =
    number <= (numberOf(exclusiveMinimum) ?? -Infinity) || number >= (numberOf(exclusiveMaximum) ?? Infinity)
  return isOut || isAtEdge ? 'is out of range' : undefined
}

const ofTexts: Look = (value, { minLength, maxLength }) => {
  if (typeof value !== 'string' || (minLength === undefined && maxLength === undefined)) return undefined
  return beyond(codePointsOf(value, value.length), minLength, maxLength) ? 'has a wrong length' : undefined
}

const ofLists: Look = (value, schema, inside) => {
  if (!Array.isArray(value)) return undefined
  if (beyond(value.length, schema.minItems, schema.maxItems)) return 'has a wrong number of items'
  const isTuple = Array.isArray(schema.items)
  const firsts: readonly unknown[] = [schema.prefixItems, schema.items].find(Array.isArray) ?? []
  const others = isTuple ? schema.additionalItems : schema.items
  for (const [index, item] of value.entries()) {
    const breach = inside(item, index < firsts.length ? firsts[index] : others, `${index}`)
    if (breach !== undefined) return breach
  }
  return undefined
}

const ofObjects: Look = (value, schema, inside) => {
  if (!isSchema(value)) return undefined
  const names = Object.keys(value)
  const missing = textsOf(schema.required).find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) return `lacks ${writeJson(missing.slice(0, PATH_LENGTH_MAX))}`
  if (beyond(names.length, schema.minProperties, schema.maxProperties)) return 'has a wrong number of members'
  const properties = isSchema(schema.properties) ? schema.properties : {}
  // By which patterns others are allowed is not looked at.
  const others = schema.patternProperties === undefined ? schema.additionalProperties : true
  for (const name of names) {
    const of = Object.hasOwn(properties, name) ? properties[name] : others
    const breach = inside(value[name], of, name.replaceAll('~', '~0').replaceAll('/', '~1'))
    if (breach !== undefined) return breach
  }
  return undefined
}

const LOOKS: readonly Look[] = [ofType, ofValues, ofNumbers, ofTexts, ofLists, ofObjects, ofChoices]

const isEqual = (one: unknown, other: unknown): boolean => {
  const number = numberOf(one)
  if (number !== undefined) return number === numberOf(other)
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return one === other
  const names = Object.keys(one)
  return (
    Array.isArray(one) === Array.isArray(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqual(Reflect.get(one, name), Reflect.get(other, name)))
  )
}
