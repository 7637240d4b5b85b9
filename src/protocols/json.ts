export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value when it is an object, else an empty one: for reading fields that may not be there. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** The objects of a list; anything else is no list. */
export const objectsOf = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * Parses text that may not be JSON; `undefined` when it is not, or when the engine gives up on it: JSON may be nested
 * as deep as a sender likes.
 */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Deeper than any answer; an engine writes this much in no time. */
const LEVELS_MAX = 200

const isDeeperThan = (levels: number, value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const name in value) if (isDeeperThan(levels - 1, (value as JsonObject)[name])) return true
  return false
}

/**
 * A parsed value as JSON again; `undefined` where it is nested deeper than 200 levels. An engine parses a million levels
 * without recursion, but takes more than a second to write forty thousand, and overflows its stack at a few more.
 */
export const jsonOf = (value: unknown): string | undefined =>
  isDeeperThan(LEVELS_MAX, value) ? undefined : JSON.stringify(value)

/** Bytes that base64 stands for. */
export const decodedLength = (base64: string): number => Math.floor((base64.length * 3) / 4)
