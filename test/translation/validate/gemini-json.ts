import { isObject } from './shapes.ts'

/**
 * A request as Google's parser reads it: names in either case, `null` as nothing, one member for a list of one, enums by
 * number and in lower case, and either alphabet of base64. https://protobuf.dev/programming-guides/json/
 */
export const asProtoJson = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asProtoJson)
  if (!isObject(value)) return value
  const present = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(
    present.map(([name, member]) => {
      const known = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
      return [known, read(known, member)]
    }),
  )
}

const read = (name: string, member: unknown): unknown => {
  if (FREE.has(name)) return member
  if (name === 'properties' && isObject(member))
    return Object.fromEntries(Object.entries(member).map(([property, schema]) => [property, asProtoJson(schema)]))
  if (LISTS.has(name) && isObject(member)) return [asProtoJson(member)]
  if (name === 'type' && typeof member === 'number') return TYPES[member]
  if (ENUMS.has(name) && typeof member === 'string') return member.toUpperCase()
  if (BYTES.has(name) && typeof member === 'string') return standardBase64(member)
  return asProtoJson(member)
}

/** Members whose own members are the client's. */
const FREE = new Set(['args', 'response', 'parametersJsonSchema', 'responseJsonSchema'])
const LISTS = new Set(['contents', 'parts', 'tools', 'functionDeclarations', 'safetySettings'])
const ENUMS = new Set(['mode', 'thinkingLevel'])
const BYTES = new Set(['data', 'thoughtSignature'])
const TYPES = ['TYPE_UNSPECIFIED', 'STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']

/** `skip_thought_signature_validator` and its like are words, not bytes. */
const WORDS = new Set(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'])

const standardBase64 = (text: string): string => {
  if (WORDS.has(text)) return text
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  return standard.padEnd(Math.ceil(standard.length / 4) * 4, '=')
}
