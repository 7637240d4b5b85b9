import { numberOf } from '../../canon/json-text.ts'
import type { Unmapped } from '../../canon/conversation.ts'
import { type GatewayError, fault } from '../../errors.ts'
import { type JsonObject, isObject } from '../json.ts'
import { below } from '../shared/pointers.ts'

/** One member of an object, under the name the client gave it. */
export interface Field {
  readonly value: unknown
  readonly pointer: string
}

/** The members of an object of Google's JSON, by their names in camel case: clients write snake case as well. */
export interface Members {
  readonly pointer: string
  /** `undefined` when it is absent or null. */
  take(name: string): Field | undefined
  /** What nobody has taken. */
  rest(): readonly (readonly [name: string, field: Field])[]
}

const camelCase = (name: string): string =>
  name.includes('_') ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : name

export const membersOf = (value: JsonObject, pointer: string): Members => {
  const fields = new Map<string, Field>()
  const doubled: (readonly [string, Field])[] = []
  for (const key of Object.keys(value)) {
    if (value[key] === null || value[key] === undefined) continue
    const name = camelCase(key)
    const field = { value: value[key], pointer: below(pointer, key) }
    if (fields.has(name) && key !== name) doubled.push([name, field])
    else fields.set(name, field)
  }
  return {
    pointer,
    take(name) {
      const field = fields.get(name)
      fields.delete(name)
      return field
    },
    rest: () => [...fields, ...doubled],
  }
}

/** A request being read. The first mistake is kept, and the reading goes on without the value. */
export interface Reading {
  mistake: GatewayError | undefined
  readonly unmapped: Unmapped[]
}

export const createReading = (): Reading => ({ mistake: undefined, unmapped: [] })

export const leaveOut = (reading: Reading, field: Field | undefined, effect: Unmapped['effect']): void => {
  if (field) reading.unmapped.push({ pointer: field.pointer, effect })
}

/** Whatever nobody took is unknown: another format leaves it out, saying so. */
export const leaveOutRest = (reading: Reading, members: Members): void => {
  for (const [, field] of members.rest()) leaveOut(reading, field, 'drop')
}

/** `/contents/0/parts/1/text` as clients know it: `contents[0].parts[1].text`. */
const pathOf = (pointer: string): string =>
  pointer
    .slice(1)
    .split('/')
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step.replaceAll('~1', '/').replaceAll('~0', '~')}`))
    .join('')
    .replace(/^\./, '')

export const mistaken = (reading: Reading, pointer: string, expectation: string): undefined => {
  const param = pathOf(pointer)
  reading.mistake ??= fault('invalid-request', `\`${param}\` must be ${expectation}.`, { param })
}

type Reader<Value> = (reading: Reading, field: Field | undefined, expectation?: string) => Value | undefined

export const stringIn: Reader<string> = (reading, field, expectation = 'a string') => {
  if (!field) return undefined
  return typeof field.value === 'string' ? field.value : mistaken(reading, field.pointer, expectation)
}

/** Protobuf's JSON takes numbers in quotes too. */
export const numberIn: Reader<number> = (reading, field, expectation = 'a number') => {
  if (!field) return undefined
  const { value } = field
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : numberOf(value)
  return number !== undefined && Number.isFinite(number) ? number : mistaken(reading, field.pointer, expectation)
}

export const booleanIn: Reader<boolean> = (reading, field, expectation = 'true or false') => {
  if (!field) return undefined
  return typeof field.value === 'boolean' ? field.value : mistaken(reading, field.pointer, expectation)
}

/** A number that kept its spelling is an object to the engine, and none here. */
const isPlainObject = (value: unknown): value is JsonObject => isObject(value) && numberOf(value) === undefined

export const objectIn: Reader<JsonObject> = (reading, field, expectation = 'an object') => {
  if (!field) return undefined
  return isPlainObject(field.value) ? field.value : mistaken(reading, field.pointer, expectation)
}

export const membersIn = (reading: Reading, field: Field | undefined, expectation?: string): Members | undefined => {
  const value = objectIn(reading, field, expectation)
  return value && field && membersOf(value, field.pointer)
}

export interface Entry {
  readonly value: JsonObject
  readonly pointer: string
}

/** A list of objects. Google takes a single object where it expects a list, and so do its own examples. */
export const objectsIn = (reading: Reading, field: Field | undefined, expectation: string): readonly Entry[] => {
  if (!field) return []
  const { value, pointer } = field
  if (isPlainObject(value)) return [{ value, pointer }]
  if (!Array.isArray(value)) return mistaken(reading, pointer, expectation) ?? []
  return value.flatMap((element: unknown, index): readonly Entry[] => {
    const at = below(pointer, index)
    return isPlainObject(element) ? [{ value: element, pointer: at }] : (mistaken(reading, at, 'an object') ?? [])
  })
}

export const stringsIn = (
  reading: Reading,
  field: Field | undefined,
  expectation: string,
): readonly string[] | undefined => {
  if (!field) return undefined
  const { value, pointer } = field
  if (typeof value === 'string') return [value]
  if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value
  return mistaken(reading, pointer, expectation)
}
