import { type Check, isObject, type Json } from './shapes.ts'

/** Every schema of a schema, with its place. Members of `properties` and `$defs` are names, not keywords. */
export function* schemasOf(schema: unknown, at: string): Generator<readonly [string, Json]> {
  if (!isObject(schema)) return
  yield [at, schema]
  for (const [keyword, value] of Object.entries(schema)) {
    const place = `${at}/${keyword}`
    if (keyword === 'properties' || keyword === '$defs' || keyword === 'definitions') {
      if (isObject(value))
        for (const [name, member] of Object.entries(value)) yield* schemasOf(member, `${place}/${name}`)
    } else if (['anyOf', 'oneOf', 'allOf', 'prefixItems'].includes(keyword) && Array.isArray(value)) {
      for (const [index, member] of value.entries()) yield* schemasOf(member, `${place}/${index}`)
    } else if (['items', 'additionalProperties', 'not'].includes(keyword)) yield* schemasOf(value, place)
  }
}

/** Parameters of a tool: an object without combinators at the root. */
export const toolSchema: Check = (value, at, faults) => {
  if (!isObject(value)) return void faults.push(`${at} is no schema`)
  if (value.type !== 'object') faults.push(`${at}/type is ${JSON.stringify(value.type)}, not object`)
  for (const keyword of ['oneOf', 'anyOf', 'allOf', '$ref', 'not', 'enum'])
    if (value[keyword] !== undefined) faults.push(`${at}/${keyword} at the root`)
}

const words = (line: string): ReadonlySet<string> => new Set(line.split(' '))

/** What OpenAI's strict schemas take beyond what Anthropic's do. */
const OPENAI_ALSO = words('pattern multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems')

const CONSTRAINED = words(
  '$schema type title description enum const default required properties items anyOf $defs definitions $ref format additionalProperties minItems',
)

/** A schema that a vendor holds an answer to: closed objects, no keywords about sizes and patterns. */
export const constrainedSchema =
  (vendor: 'openai' | 'anthropic'): Check =>
  (value, at, faults) => {
    const isOpenAi = vendor === 'openai'
    for (const [place, schema] of schemasOf(value, at)) {
      for (const keyword of Object.keys(schema))
        if (!CONSTRAINED.has(keyword) && !(isOpenAi && OPENAI_ALSO.has(keyword)))
          faults.push(`${place}/${keyword} is not supported in a constrained answer`)
      if (schema.type !== 'object') continue
      if (schema.additionalProperties !== false) faults.push(`${place}/additionalProperties must be false`)
      const names = Object.keys(isObject(schema.properties) ? schema.properties : {})
      const required = Array.isArray(schema.required) ? schema.required : []
      if (isOpenAi && names.some((name) => !required.includes(name)))
        faults.push(`${place}/required must name every property`)
    }
  }

/** OpenAI takes nothing but an object as the root of a schema of an answer, strict or not. */
export const objectAnswer: Check = (value, at, faults) => {
  if (!isObject(value)) return
  if (value.type !== 'object') faults.push(`${at}/type is ${JSON.stringify(value.type)}, not object`)
  for (const keyword of ['oneOf', 'anyOf', '$ref'])
    if (value[keyword] !== undefined) faults.push(`${at}/${keyword} at the root of an answer`)
}

/** Anthropic takes no schema of an answer that leads back to itself. */
export const finiteAnswer: Check = (value, at, faults) => {
  if (isObject(value) && leadsBack(value, value, [])) faults.push(`${at} has a circular reference`)
}

const leadsBack = (value: unknown, root: Json, inside: readonly unknown[]): boolean => {
  if (inside.includes(value)) return true
  const within = [...inside, value]
  return [...schemasOf(value, '')].some(([, schema]) => {
    if (typeof schema.$ref !== 'string') return false
    const steps = schema.$ref.split('/').slice(1)
    const target = steps.reduce<unknown>((found, step) => (isObject(found) ? found[step] : undefined), root)
    return isObject(target) && leadsBack(target, root, within)
  })
}

const OPENAPI = words(
  'type format title description nullable enum items minItems maxItems properties required minProperties maxProperties minLength maxLength pattern example anyOf propertyOrdering default minimum maximum',
)
const OPENAPI_TYPES = words(
  'STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT NULL string number integer boolean array object null',
)

/** Google's OpenAPI subset: no references, string enums, limits of sizes as strings. */
export const openApiSchema: Check = (value, at, faults) => {
  if (!isObject(value)) return void faults.push(`${at} is no schema`)
  for (const [place, schema] of schemasOf(value, at)) {
    for (const keyword of Object.keys(schema))
      if (!OPENAPI.has(keyword)) faults.push(`${place}/${keyword}: Unknown name "${keyword}"`)
    if (schema.type !== undefined && !OPENAPI_TYPES.has(String(schema.type)))
      faults.push(`${place}/type is ${JSON.stringify(schema.type)}`)
    if (Array.isArray(schema.enum) && schema.enum.some((member) => typeof member !== 'string' || member === ''))
      faults.push(`${place}/enum holds other than non-empty strings`)
    for (const keyword of ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])
      if (schema[keyword] !== undefined && !/^\d+$/.test(String(schema[keyword])))
        faults.push(`${place}/${keyword} is no int64`)
    if (String(schema.type).toUpperCase() === 'ARRAY' && !isObject(schema.items))
      faults.push(`${place}/items is missing`)
    if (String(schema.type).toUpperCase() === 'OBJECT' && isObject(schema.properties)) {
      const required = Array.isArray(schema.required) ? schema.required : []
      for (const name of required)
        if (!Object.hasOwn(schema.properties, String(name)))
          faults.push(`${place}/required names ${name}, which is no property`)
    }
  }
}

const GEMINI_JSON = words(
  '$id $defs definitions $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf properties additionalProperties required propertyOrdering',
)

/** What Google reads of JSON Schema. */
export const geminiJsonSchema: Check = (value, at, faults) => {
  if (!isObject(value)) return void faults.push(`${at} is no schema`)
  for (const [place, schema] of schemasOf(value, at)) {
    for (const keyword of Object.keys(schema))
      if (!GEMINI_JSON.has(keyword)) faults.push(`${place}/${keyword} is not supported`)
    if (schema.$ref !== undefined && Object.keys(schema).some((keyword) => !keyword.startsWith('$')))
      faults.push(`${place} has other members beside $ref`)
  }
}
