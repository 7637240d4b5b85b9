import { type JsonObject, isObject, jsonOf } from './json.ts'

/** The largest usage object a vendor sends is some 2 KB; this one is kept with a receipt for years. */
const BYTES_MAX = 16_384
const DEPTH_MAX = 20
/** No character of JSON takes more bytes: a control character is written as `\u0001`. */
const BYTES_PER_CHARACTER_MAX = 6
/** Of an object cut short, a name longer than this is no counter. */
const NAME_CHARACTERS_MAX = 64
const COUNTERS_MAX = 100

/**
 * A usage object as it may be stored for audit: as it came when it has at most 16 KiB of JSON and 20 levels, else
 * `{"truncated": true}` with the numbers of its top level, at most a hundred. What an upstream writes there is its own
 * affair, but the size of our database is not.
 */
export const storableUsage = (raw: JsonObject): JsonObject => {
  const characters = size(raw, BYTES_MAX, DEPTH_MAX)
  if (characters * BYTES_PER_CHARACTER_MAX <= BYTES_MAX) return raw
  if (characters <= BYTES_MAX && Buffer.byteLength(jsonOf(raw) ?? '') <= BYTES_MAX) return raw
  return { ...Object.fromEntries(counters(raw)), truncated: true }
}

const counters = (raw: JsonObject): readonly (readonly [string, unknown])[] => {
  const kept: (readonly [string, unknown])[] = []
  for (const name in raw) {
    if (kept.length === COUNTERS_MAX) break
    if (typeof raw[name] === 'number' && name.length <= NAME_CHARACTERS_MAX) kept.push([name, raw[name]])
  }
  return kept
}

/**
 * How many characters a value has as JSON, escapes aside; infinity as soon as that is over the limit, or the value is
 * nested deeper than `levels`. It never looks at more of the value than fits the limit.
 */
const size = (value: unknown, limit: number, levels: number): number => {
  if (typeof value === 'string') return value.length + QUOTES
  if (typeof value !== 'object' || value === null) return String(value).length
  if (levels === 0) return Number.POSITIVE_INFINITY
  const isList = !isObject(value)
  let characters = BRACKETS - COMMA
  for (const name in value) {
    const member: unknown = (value as JsonObject)[name]
    characters += (isList ? COMMA : name.length + QUOTES + COLON + COMMA) + size(member, limit - characters, levels - 1)
    if (characters > limit) return Number.POSITIVE_INFINITY
  }
  return Math.max(characters, BRACKETS)
}

const QUOTES = 2
const BRACKETS = 2
const COLON = 1
const COMMA = 1
