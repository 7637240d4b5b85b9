/// Fields of exports, read or refused in words.

/** An export that cannot be read; caught where the reading began. */
export class Unreadable extends Error {}

export type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown, what: string): Fields => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new Unreadable(`${what} is not an object`)
}

export const listOf = (value: unknown, what: string): readonly unknown[] => {
  if (Array.isArray(value)) return value
  throw new Unreadable(`${what} is not a list`)
}

/** A whole number, also as a text; `undefined` where there is none. */
export const countOf = (value: unknown, what: string): bigint | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  const match = /^(\d{1,18})(?:\.0*)?$/.exec(String(value))
  if (match?.[1] !== undefined) return BigInt(match[1])
  throw new Unreadable(`${what} is not a whole number`)
}

/** A text that says something. */
export const nameOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null

/** The UTC day of a Unix time in seconds, or of a time in ISO 8601 that begins with it. */
export const dayIn = (value: unknown, what: string): string => {
  const text = String(value ?? '')
  const day = /^\d{9,10}$/.test(text) ? new Date(Number(text) * 1_000).toISOString() : text
  const match = /^(\d{4}-\d{2}-\d{2})(?:$|[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]00:?00)?$)/.exec(day)
  if (match?.[1] !== undefined && !Number.isNaN(Date.parse(match[1]))) return match[1]
  throw new Unreadable(`${what} is not a time in UTC`)
}

/** Only what is owed in US dollars can be compared. */
export const assertUsd = (currency: unknown, what: string): void => {
  if (currency === undefined || String(currency).toLowerCase() === 'usd') return
  throw new Unreadable(`${what} is in ${String(currency)}, not in USD`)
}
