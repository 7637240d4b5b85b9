import { textBetween } from '../bytes.ts'

import type { Envelope } from '../canon/envelope.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { Member, Scan, Splice } from '../canon/scan.ts'
import { applySplices, editMembers, shiftSplices } from '../canon/splice.ts'
import { type GatewayError, fault } from '../errors.ts'
import { type Result, err, ok } from '../result.ts'

/**
 * A body, or an object in it, being read field by field. The first mistake is kept and the reading goes on with
 * harmless values, so that a format's reader is a plain list of its fields; `envelopeOf` then returns the mistake.
 */
export interface Fields {
  readonly scan: Scan
  /** What stands before a field's name in messages: `generationConfig.`. */
  readonly path: string
  /** Shared by a body and what is in it. */
  readonly mistakes: { first: GatewayError | undefined }
}

export type Kind = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object'

/** Starts reading the body. */
export const fieldsOf = (scan: Scan): Fields => ({ scan, path: '', mistakes: { first: undefined } })

/** What a format's reader found; what it leaves out is as if the client had not asked for it. */
export type Found = Pick<Envelope, 'model'> & Partial<Omit<Envelope, 'scan' | 'model'>>

/** The envelope, or the first thing that was wrong with the body. */
export const envelopeOf = (fields: Fields, found: Found): Result<Envelope, GatewayError> => {
  const providers = readProviders(fields)
  const fallbacks = readNames(fields, 'fallbacks', 'a list of at most 16 model names')
  const { first } = fields.mistakes
  if (first) return err(first)
  const { scan } = fields
  return ok({
    scan,
    model: found.model,
    stream: found.stream ?? false,
    outputTokensLimit: found.outputTokensLimit,
    choices: found.choices ?? 1,
    ...(found.answers !== undefined && { answers: found.answers }),
    includesUsage: found.includesUsage ?? false,
    refersToStored: (found.refersToStored ?? false) || scan.storedReferences > 0,
    providers,
    fallbacks,
  })
}

// Readers

/** The kind of a member's value; `undefined` when it was not sent. */
export const kindOf = (fields: Fields, key: string): Kind | undefined => {
  const member = fields.scan.members.get(key)
  return member && kindAt(fields.scan.bytes, member.valueStart)
}

/** Whether the member was sent with something in it. */
export const isSent = (fields: Fields, key: string): boolean => {
  const kind = kindOf(fields, key)
  return kind !== undefined && kind !== 'null'
}

/** Checks a member's kind. `required` refuses a body without it; `null` is accepted only when listed. */
export const checkKind = (
  fields: Fields,
  key: string,
  kinds: readonly Kind[],
  expectation: string,
  presence: 'required' | 'optional',
): void => {
  const kind = kindOf(fields, key)
  if (kind === undefined ? presence === 'required' : !kinds.includes(kind)) mistake(fields, key, expectation)
}

export const MODEL_EXPECTATION =
  'the name of a model (GET /v1/models lists them): at most 256 characters, none of them a control character'

/** The body's `model`; `standard`: what the format says it is where a body names none. */
export const readModel = (fields: Fields, standard?: string): string => {
  // Some servers match keys whatever their case; a second spelling would let them run another model than is billed.
  for (const key of fields.scan.members.keys()) {
    if (key !== 'model' && key.length === 5 && key.toLowerCase() === 'model')
      mistake(fields, key, 'written `model`, once')
  }
  if (standard !== undefined && !fields.scan.members.has('model')) return standard
  const name = readSmall(fields, 'model')
  if (isName(name)) return name
  mistake(fields, 'model', MODEL_EXPECTATION)
  return ''
}

/** The model's name where the path has it. */
export const checkPathModel = (fields: Fields, name: string | undefined): string => {
  if (isName(name)) return name
  const issue = `must be ${MODEL_EXPECTATION}`
  note(fields, fault('invalid-request', `the model in the path ${issue}`, { param: 'model', issue }))
  return ''
}

/** A switch: absent and null are off. */
export const readFlag = (fields: Fields, key: string): boolean => {
  const value = readSmall(fields, key)
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? false
  mistake(fields, key, 'true or false')
  return false
}

export interface CountRange {
  readonly min: number
  readonly max: number
  /** Whether null means absent here, as most APIs have it. */
  readonly nullable: boolean
}

export const LIMIT: CountRange = { min: 1, max: Number.MAX_SAFE_INTEGER, nullable: true }
export const CHOICES: CountRange = { min: 1, max: 128, nullable: true }

/** A whole number; absent and null are `undefined`. */
export const readCount = (fields: Fields, key: string, { min, max, nullable }: CountRange): number | undefined => {
  const value = readSmall(fields, key)
  if (value === undefined || (value === null && nullable)) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  mistake(
    fields,
    key,
    max === Number.MAX_SAFE_INTEGER ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`,
  )
  return undefined
}

/** A small string; absent and null are `undefined`. */
export const readString = (fields: Fields, key: string, expectation: string): string | undefined => {
  const value = readSmall(fields, key)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  mistake(fields, key, expectation)
  return undefined
}

/** An object inside, to be read in the same way; absent and null are `undefined`. */
export const readObject = (fields: Fields, key: string): Fields | undefined => {
  const member = fields.scan.members.get(key)
  if (!member || kindOf(fields, key) === 'null') return undefined
  if (kindOf(fields, key) !== 'object') {
    mistake(fields, key, 'an object')
    return undefined
  }
  return readObjectAt(fields, member.valueStart, member.valueEnd, `${fields.path}${key}`)
}

/** The whole body has passed its limit already, and what is inside it is no deeper. */
const INNER_LIMITS = { depthMax: Number.MAX_SAFE_INTEGER }

/** The same for an object anywhere in the body, named `name` in messages. */
export const readObjectAt = (fields: Fields, start: number, end: number, name: string): Fields | undefined => {
  const { bytes } = fields.scan
  if (kindAt(bytes, start) !== 'object') {
    note(fields, fault('invalid-request', `\`${name}\` must be an object`, { param: name, issue: 'must be an object' }))
    return undefined
  }
  const inner = scanObject(bytes.subarray(start, end), INNER_LIMITS)
  if (inner.ok) return { scan: inner.value, path: `${name}.`, mistakes: fields.mistakes }
  const { kind, message } = inner.error
  note(fields, fault(kind, `in \`${name}\`, ${message}`, { param: name, issue: message }))
  return undefined
}

/** Notes that a field is not what it must be. */
export const mistake = (fields: Fields, key: string, expectation: string): void => {
  const name = `${fields.path}${key}`
  const member = fields.scan.members.get(key)
  const [message, issue] = member
    ? [`\`${name}\` must be ${expectation}; got ${shown(fields.scan.bytes, member)}`, `must be ${expectation}`]
    : [`\`${name}\` is missing; send ${expectation}`, `missing; must be ${expectation}`]
  note(fields, fault('invalid-request', message, { param: name, issue }))
}

/** Notes that a field of the official API is not served here, and what to do instead. */
export const refuseField = (fields: Fields, key: string, instead: string): void => {
  const name = `${fields.path}${key}`
  const message = `\`${name}\` is not served here: ${instead}`
  note(fields, fault('unsupported-parameter', message, { param: name, issue: 'is not served here' }))
}

const note = ({ mistakes }: Fields, error: GatewayError): void => {
  mistakes.first ??= error
}

const GOT: Readonly<Record<Kind, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
  array: 'an array',
  object: 'an object',
}

/** The value itself when it is short and plain, else what kind of value it is. */
const shown = (bytes: Uint8Array, { valueStart, valueEnd }: Member): string => {
  const text = valueEnd - valueStart <= 32 ? decode(bytes, valueStart, valueEnd) : ''
  return /^[ -~]+$/.test(text) ? text : GOT[kindAt(bytes, valueStart)]
}

// Tollgate's own fields

const PROVIDERS_EXPECTATION = 'the name of a provider, or a list of at most 16'

/** An object is a routing preference of some upstream's own (OpenRouter's), and none of ours. */
const readProviders = (fields: Fields): readonly string[] => {
  const kind = kindOf(fields, 'provider')
  if (kind === 'object') return []
  if (kind !== 'string') return readNames(fields, 'provider', PROVIDERS_EXPECTATION)
  const name = readSmall(fields, 'provider')
  if (isName(name)) return [name]
  mistake(fields, 'provider', PROVIDERS_EXPECTATION)
  return []
}

const NAMES_MAX = 16

const readNames = (fields: Fields, key: string, expectation: string): readonly string[] => {
  const value = readSmall(fields, key)
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.length <= NAMES_MAX && value.every(isName)) return value
  mistake(fields, key, expectation)
  return []
}

/** A name somebody could have given: a line of text, and Unicode that can go into a URL. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 256 && !/\p{Cc}/u.test(value) && value.isWellFormed()

// Rewriting

export interface BodyEdits {
  /** Members to set, as JSON text. */
  readonly set?: Readonly<Record<string, string>>
  /** Cuts the format makes inside its members. */
  readonly splices?: readonly Splice[]
}

/** The client's bytes with these edits, and without Tollgate's own fields; the very same array when nothing changes. */
export const rewriteBody = ({ scan }: Envelope, { set = {}, splices = [] }: BodyEdits): Uint8Array => {
  const remove = ['fallbacks']
  if (kindOf(fieldsOf(scan), 'provider') !== 'object') remove.push('provider')
  return applySplices(scan.bytes, [...splices, ...editMembers(scan, { set, remove })])
}

/** The model's name upstream, if the client wrote another. */
export const modelEdit = (envelope: Envelope, model: string): Readonly<Record<string, string>> =>
  envelope.model === model ? {} : { model: JSON.stringify(model) }

/** Asks for the usage chunk at the end of a stream; the client's other stream options stay as they are. */
export const usageEdits = ({ scan }: Envelope): BodyEdits => {
  const fields = fieldsOf(scan)
  const options = readObject(fields, 'stream_options')
  if (!options) return { set: { stream_options: '{"include_usage":true}' } }
  const splices = editMembers(options.scan, { set: { include_usage: 'true' } })
  return { splices: shiftSplices(splices, scan.members.get('stream_options')?.valueStart ?? 0) }
}

// Values

const kindAt = (bytes: Uint8Array, at: number): Kind => {
  switch (bytes[at]) {
    case 0x22:
      return 'string'
    case 0x5b:
      return 'array'
    case 0x7b:
      return 'object'
    case 0x6e:
      return 'null'
    case 0x74:
    case 0x66:
      return 'boolean'
    default:
      return 'number'
  }
}

/** The longest value worth decoding: sixteen names of 256 characters, each escaped. */
const SMALL_BYTES_MAX = 32_768

/** What `JSON.parse` makes of a small value. `undefined`: absent; a symbol, which nobody takes: large or bad. */
const readSmall = ({ scan }: Fields, key: string): unknown => {
  const member = scan.members.get(key)
  return member && parseSmall(scan.bytes, member)
}

const UNREADABLE = Symbol('unreadable')

const parseSmall = (bytes: Uint8Array, { valueStart, valueEnd }: Member): unknown => {
  if (valueEnd - valueStart > SMALL_BYTES_MAX) return UNREADABLE
  try {
    const value: unknown = JSON.parse(decode(bytes, valueStart, valueEnd))
    return value
  } catch {
    // The scan does not look into strings, so an escape JSON does not have comes this far.
    return UNREADABLE
  }
}

const decode = (bytes: Uint8Array, start: number, end: number): string => textBetween(bytes, start, end)
