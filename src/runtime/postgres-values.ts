import type { Value } from './database-messages.ts'

/** Of the types of PostgreSQL (`pg_type.oid`): those that are not handed out as the text they come in. */
const READERS: ReadonlyMap<number, (text: string) => Value> = new Map<number, (text: string) => Value>([
  // bool, as SQLite has it.
  [16, (text) => (text === 't' ? 1n : 0n)],
  // bytea, in its hexadecimal form.
  [17, (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))],
  // int8, int2, int4, oid.
  [20, BigInt],
  [21, BigInt],
  [23, BigInt],
  [26, BigInt],
  // float4, float8.
  [700, Number],
  [701, Number],
  // numeric, which is what a sum of int8 is. With a fraction it stays text: a float would round it.
  [1700, (text) => (/^-?\d+$/.test(text) ? BigInt(text) : text)],
])

const asText = (text: string): Value => text

/** How the driver reads a column: every whole number as a `bigint`, everything it does not know as text. */
export const readerOf = (oid: number): ((text: string) => Value) => READERS.get(oid) ?? asText

/**
 * A parameter as PostgreSQL takes it: truth values as 0 and 1, as in SQLite. Its texts cannot hold the character NUL,
 * which becomes the sign for a character that could not be read, as half a surrogate pair does anyway.
 */
export const toParameter = (value: unknown): unknown => {
  switch (typeof value) {
    case 'string':
      return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
    case 'boolean':
      return value ? 1 : 0
    case 'undefined':
      return null
    default:
      return value instanceof Uint8Array && !Buffer.isBuffer(value) ? Buffer.from(value) : value
  }
}

/** What `?` may stand in without meaning a parameter: strings, names, dollar quotes and comments. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g

/** Numbers the parameters of a statement: the first `?` becomes `$1`. One that has `$1` already stays as it is. */
export const numberParameters = (sql: string): string => {
  if (!sql.includes('?')) return sql
  let count = 0
  return sql.replace(QUOTED, (found) => {
    if (found !== '?') return found
    count += 1
    return `$${count}`
  })
}

/** Whether a statement only reads, so that it may go on any connection at any time after the writes before it. */
export const readsOnly = (sql: string): boolean =>
  /^\s*(?:select|with|values|show)\b/i.test(sql) && !/\b(?:insert|update|delete|merge|into|nextval)\b/i.test(sql)
