import { isIP } from 'node:net'
import { z } from 'zod'
import { parsePartsPerMillion, parseUsd } from '../units.ts'
import type { NanoUsd, PartsPerMillion, Unit } from '../units.ts'

/** A parsed duration. A section names such a field `…Ms` and hands it out as a plain number. */
type Milliseconds = Unit<number, 'Milliseconds'>

/** What a mistake message and the manual say about a value; the schema itself says only whether it is right. */
export type Note = ScalarNote | SectionNote | MappingNote | ListNote
export interface ScalarNote {
  readonly shape: 'scalar'
  /** What is expected, in words: `a whole number from 0 to 65535`. */
  readonly type: string
  /** The same in a word, for the manual: `duration`. */
  readonly label: string
  /** As one would write it in YAML; `undefined`: the key must be there. */
  readonly default: string | undefined
  readonly description: string
  /** Never shown, not even in a mistake about it. */
  readonly secret: boolean
  readonly nullable: boolean
  /** All values there are, where they can be counted. */
  readonly values: readonly string[]
}
interface SectionNote {
  readonly shape: 'section'
  readonly fields: Readonly<Record<string, z.ZodType>>
  /** Where a text may stand for the section: the field that it is. */
  readonly alone?: string
  readonly description: string
}
interface MappingNote {
  readonly shape: 'mapping'
  readonly of: z.ZodType
  /** What stands for one of its keys in the manual: `id`, `name`. */
  readonly key: string
  readonly keyType: string
  readonly description: string
}
interface ListNote {
  readonly shape: 'list'
  readonly of: z.ZodType
  readonly default: string
  readonly description: string
}

const LIST_ENTRIES_MAX = 10_000

const notes = new WeakMap<z.ZodType, Note>()
const noted = <S extends z.ZodType>(schema: S, note: Note): S => {
  notes.set(schema, note)
  return schema
}

/** The note of a schema built here. Throws when it was built elsewhere: the manual would be silent about it. */
export const noteOf = (schema: z.ZodType): Note => {
  const note = notes.get(schema)
  if (!note) throw new Error('a schema of the configuration was built without its note')
  return note
}

/** A scalar with the words for it. Numbers and truth values may be text, as environment variables are. */
export interface Scalar<T> {
  readonly schema: z.ZodType<T>
  readonly type: string
  readonly label?: string
  readonly secret?: boolean
  readonly values?: readonly string[]
}

export const text = (type = 'text', secret = false, label = type.replace(/^an? /, '')): Scalar<string> => ({
  schema: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^\P{Cc}*$/u),
  type,
  label,
  secret,
})

/** A key of a vendor: a line of text, or the JSON of a key file with its line ends. */
export const vendorKey: Scalar<string> = {
  schema: z
    .string()
    .min(1)
    .max(8_192)
    .regex(/^(?:\P{Cc}*|\s*\{[\s\S]*\}\s*)$/u),
  type: 'a provider key',
  label: 'provider key',
  secret: true,
}

/** 32 bytes as base64 or hex, or a passphrase that is too long to be guessed. */
export const encryptionKey: Scalar<string> = {
  schema: z
    .string()
    .min(16)
    .max(1_024)
    .regex(/^\P{Cc}*$/u),
  type: 'an encryption key: 32 bytes as base64, or a passphrase of 16 characters at least',
  label: 'encryption key',
  secret: true,
}

export const whole = (min: number, max: number = Number.MAX_SAFE_INTEGER): Scalar<number> => ({
  schema: z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  ),
  type: max === Number.MAX_SAFE_INTEGER ? `a whole number, at least ${min}` : `a whole number from ${min} to ${max}`,
})

export const toggle: Scalar<boolean> = {
  schema: z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean()),
  type: '`true` or `false`',
}

export const choice = <const T extends string>(values: readonly T[]): Scalar<T> => ({
  schema: z.enum(values),
  type: `one of ${values.map((value) => `\`${value}\``).join(', ')}`,
  values,
})

/** An http(s) address, without the slashes at its end. */
export const address: Scalar<string> = {
  schema: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  label: 'address',
  type: 'an address that starts with `http://` or `https://`',
}

const NETWORK = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/
// One address has one spelling here: an IPv4 address inside IPv6 is written as IPv4.
const isMapped = (ipv6: string): boolean =>
  /^\[::ffff:[0-9a-f]+:[0-9a-f]+\]$/.test(new URL(`http://[${ipv6}]`).hostname)

const isNetwork = (written: string): boolean => {
  const [, address = '', bits = '0'] = NETWORK.exec(written) ?? []
  const version = isIP(address)
  if (version === 0 || (version === 6 && isMapped(address))) return false
  return Number(bits) <= (version === 4 ? 32 : 128)
}

/** An IP address, or a network in CIDR notation. */
export const network: Scalar<string> = {
  schema: z.string().refine(isNetwork),
  label: 'address or network',
  type: 'an IP address or a network such as `10.0.0.0/8` or `2001:db8::/32`',
}

const DURATION_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
// Timers hold 31 bits: a longer wait would fire at once.
const DURATION_MS_MAX = 2_147_483_647

const readDuration = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  const match = typeof value === 'string' ? /^(\d{1,10}(?:\.\d{1,3})?) ?(ms|s|m|h|d)?$/.exec(value) : null
  return match
    ? Math.round(Number(match[1]) * DURATION_UNITS[(match[2] ?? 'ms') as keyof typeof DURATION_UNITS])
    : undefined
}

export const duration: Scalar<Milliseconds> = {
  schema: z.preprocess(readDuration, z.int().min(1).max(DURATION_MS_MAX)).transform((ms) => ms as Milliseconds),
  label: 'duration',
  type: 'a duration such as `15m`, `120s` or `500ms` (a bare number is milliseconds), at most 24 days',
}

const BYTE_UNITS = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1_024, mib: 1_048_576, gib: 1_073_741_824 } as const

const readBytes = (value: unknown): unknown => {
  const match = typeof value === 'string' ? /^(\d{1,12}) ?(b|kb|mb|gb|kib|mib|gib)?$/i.exec(value) : null
  return match ? Number(match[1]) * BYTE_UNITS[(match[2] ?? 'b').toLowerCase() as keyof typeof BYTE_UNITS] : value
}

/** A size, as a number of bytes. Bounded, because each of them is memory somebody may be made to use. */
export const bytes: Scalar<number> = {
  schema: z.preprocess(readBytes, z.int().min(1_024).max(1_073_741_824)),
  label: 'size',
  type: 'a size such as `50MB`, `16MiB` or `65536`, from 1 KiB to 1 GiB',
}

/** As `bytes`, of what is stored on a disk. */
export const diskBytes: Scalar<number> = {
  schema: z.preprocess(readBytes, z.int().min(1_048_576).max(1_099_511_627_776)),
  label: 'size',
  type: 'a size such as `500MB` or `20GiB`, from 1 MiB to 1024 GiB',
}

// The shortest decimal that is the number, which is what the author of an unquoted 0.70 meant.
const decimalText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value)

const decimal = <T extends bigint>(
  read: (text: string) => T | undefined,
  max: bigint | undefined,
  label: string,
  type: string,
): Scalar<T> => ({
  schema: z.preprocess(
    decimalText,
    z.string().transform((value, context): T => {
      const amount = read(value)
      if (amount !== undefined && amount >= 0n && (max === undefined || amount <= max)) return amount
      context.addIssue({ code: 'custom', message: type, input: value })
      return z.NEVER
    }),
  ),
  label,
  type,
})

export const multiplier: Scalar<PartsPerMillion> = decimal(
  parsePartsPerMillion,
  undefined,
  'multiplier',
  'a multiplier such as `"1.25"`, not negative, with at most six places',
)
export const discount: Scalar<PartsPerMillion> = decimal(
  parsePartsPerMillion,
  1_000_000n,
  'discount from `"0"` to `"1"`',
  'a discount from `"0"` to `"1"`, with at most six places',
)
export const usd: Scalar<NanoUsd> = decimal(
  parseUsd,
  undefined,
  'USD',
  'USD such as `"19.50"`, not negative, with at most nine places',
)

const emptyIsNull = (value: unknown): unknown => (value === '' ? null : value)
const scalarNote = (
  scalar: Scalar<unknown>,
  fallback: string | undefined,
  description: string,
  nullable: boolean,
): ScalarNote => ({
  shape: 'scalar',
  type: scalar.type,
  label: scalar.label ?? scalar.type.replace(/^an? /, ''),
  default: fallback,
  description,
  secret: scalar.secret === true,
  nullable,
  values: scalar.values ?? [],
})

/** A default as YAML reads it; the quotes keep a decimal from looking like a number in the manual. */
const unquoted = (written: string) => written.replace(/^"(.*)"$/, '$1') as never

/** A scalar that must be there. */
export const required = <T>(scalar: Scalar<T>, description: string): z.ZodType<T> =>
  noted(scalar.schema.nonoptional(), scalarNote(scalar, undefined, description, false))

/** A scalar with a default, written as in YAML. */
export const defaulted = <T>(scalar: Scalar<T>, fallback: string, description: string): z.ZodType<T> =>
  noted(scalar.schema.prefault(unquoted(fallback)), scalarNote(scalar, fallback, description, false))

/** A scalar that may be absent, `null` or empty, all of which are `null`. */
export const optional = <T>(scalar: Scalar<T>, description: string): z.ZodType<T | null> =>
  noted(
    z.preprocess(emptyIsNull, scalar.schema.nullable()).prefault(null),
    scalarNote(scalar, 'null', description, true),
  )

/** A scalar with a default that `null` switches off. */
export const switchable = <T>(scalar: Scalar<T>, fallback: string, description: string): z.ZodType<T | null> =>
  noted(
    z.preprocess(emptyIsNull, scalar.schema.nullable()).prefault(unquoted(fallback)),
    scalarNote(scalar, fallback, description, true),
  )

/** Empty entries of a list of scalars are dropped, so that an unset variable leaves none behind. */
const entriesOf = <T>(of: z.ZodType<T>) => {
  const note = noteOf(of)
  if (note.shape === 'section' && note.alone !== undefined)
    return z.preprocess(withoutEmpty(note.alone), z.array(of).max(LIST_ENTRIES_MAX))
  if (note.shape !== 'scalar') return z.array(of).max(LIST_ENTRIES_MAX)
  const entries = z.array(z.union([z.literal(''), of])).max(LIST_ENTRIES_MAX)
  return entries.transform((values) => values.filter((value): value is T & {} => value !== ''))
}

/** Entries whose one field that may stand alone is empty go the same way. */
const withoutEmpty =
  (alone: string) =>
  (value: unknown): unknown =>
    Array.isArray(value)
      ? value.filter((entry: unknown) => entry !== '' && (entry as Record<string, unknown> | null)?.[alone] !== '')
      : value

export const listOf = <T>(
  of: z.ZodType<T>,
  fallback: readonly string[],
  description: string,
): z.ZodType<readonly T[]> =>
  noted(entriesOf(of).prefault(fallback as never), {
    shape: 'list',
    of,
    default: JSON.stringify(fallback),
    description,
  })

/** A list that may be absent, which is `null` and not the same as empty. */
export const optionalListOf = <T>(of: z.ZodType<T>, description: string): z.ZodType<readonly T[] | null> =>
  noted(entriesOf(of).nullable().prefault(null), { shape: 'list', of, default: 'null', description })

/** Entries by name. A `Map`, because names come from outside and an object already has a `constructor`. */
export const mappingOf = <T>(
  of: z.ZodType<T>,
  key: { readonly name: string; readonly type: string; readonly pattern: RegExp },
  description: string,
): z.ZodType<ReadonlyMap<string, T>> =>
  noted(
    z
      .record(z.string().regex(key.pattern), of)
      .transform((entries) => new Map(Object.entries(entries)))
      .prefault({}),
    { shape: 'mapping', of, key: key.name, keyType: key.type, description },
  )

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name
type FieldName<Name extends string, T> = [NonNullable<T>] extends [Milliseconds]
  ? `${CamelCase<Name>}Ms`
  : CamelCase<Name>
type FieldValue<T> = [NonNullable<T>] extends [Milliseconds] ? number | Extract<T, null> : T
type Parsed<Fields extends Record<string, z.ZodType>> = {
  readonly [Name in keyof Fields & string as FieldName<Name, z.output<Fields[Name]>>]: FieldValue<
    z.output<Fields[Name]>
  >
}

const fieldName = (name: string, schema: z.ZodType): string => {
  const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  const note = noteOf(schema)
  return note.shape === 'scalar' && note.type === duration.type ? `${camel}Ms` : camel
}

/**
 * Fixed keys: `snake_case` in the file, `camelCase` once parsed, durations with `Ms` at the end. An unknown key is a
 * mistake. A section that is absent is one with nothing in it.
 */
export const section = <Fields extends Record<string, z.ZodType>>(
  fields: Fields,
  description: string,
): z.ZodType<Parsed<Fields>> => noted(renamed(fields).prefault({} as never), { shape: 'section', fields, description })

/** A section, for which a text may stand that is its field `alone`. */
export const sectionOr = <Fields extends Record<string, z.ZodType>>(
  alone: keyof Fields & string,
  fields: Fields,
  description: string,
): z.ZodType<Parsed<Fields>> =>
  noted(
    z.preprocess((value) => (typeof value === 'string' ? { [alone]: value } : value), renamed(fields)),
    { shape: 'section', fields, description, alone },
  )

const renamed = <Fields extends Record<string, z.ZodType>>(fields: Fields) => {
  const names = new Map(Object.entries(fields).map(([name, schema]) => [name, fieldName(name, schema)]))
  return z.strictObject(fields).transform((value) => {
    const entries = Object.entries(value).map(([name, field]) => [names.get(name) ?? name, field])
    return Object.fromEntries(entries) as Parsed<Fields>
  })
}
