/**
 * JSON whose numbers keep their spelling. A tool that is called with `9007199254740993` or `1.0` must be called with
 * exactly that, and a double holds neither.
 */

/** A number kept as it was written, because reading it as a double and writing it again would change it. */
interface RawNumber {
  readonly rawJSON: string
}

/** ECMAScript's "JSON.parse source text access", which the runtime has and the compiler's library does not know yet. */
interface SourceTextJson {
  rawJSON(text: string): RawNumber
  isRawJSON(value: unknown): value is RawNumber
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
}
const json = JSON as unknown as SourceTextJson

/** A number that may not survive as a double: long, in scientific notation, ending in a zero after the point, or `-0`. */
const DELICATE = /[:[,\s](?:-0(?![\d.])|-?\d{16,}|-?\d+\.\d{15,}|-?\d+\.\d*0(?!\d)|-?\d+(?:\.\d+)?[eE])/

/** Parses JSON; throws `SyntaxError`. Numbers that a double would change become values that `writeJson` writes as they were. */
export const readJson = (text: string): unknown => {
  if (!DELICATE.test(` ${text}`)) return JSON.parse(text)
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && (Object.is(value, -0) || String(value) !== source)
      ? json.rawJSON(source)
      : value,
  )
}

/** Compact JSON, in the order of the members, numbers as they were read. */
export const writeJson = (value: unknown): string => JSON.stringify(value) ?? 'null'

/** The number behind a value, however it was spelt; `undefined` for anything else. */
export const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  return json.isRawJSON(value) ? Number(value.rawJSON) : undefined
}
