import type { Carriers, JsonObject } from '../../canon/codec.ts'
import type { Unmapped } from '../../canon/conversation.ts'
import { numberOf } from '../../canon/json-text.ts'
import { createLosses, type Losses } from '../../canon/losses.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { isObject } from '../json.ts'
import { below } from '../shared/pointers.ts'

/** What the reading of one request gathers beside the conversation. */
export interface Reading {
  readonly carriers: Carriers
  readonly losses: Losses
  readonly unmapped: readonly Unmapped[]
  leave(pointer: string, effect: Unmapped['effect']): void
  /** Something that cannot be read; the first is what the client is told. */
  fail(pointer: string, expected: string): undefined
  readonly failure: GatewayError | undefined
}

export const createReading = (carriers: Carriers): Reading => {
  const unmapped: Unmapped[] = []
  let failure: GatewayError | undefined
  return {
    carriers,
    losses: createLosses(),
    unmapped,
    leave(pointer, effect) {
      unmapped.push({ pointer, effect })
    },
    fail(pointer, expected) {
      const param = dotted(pointer)
      const issue = `must be ${expected}`
      failure ??= fault('invalid-request', `${param}: ${issue}.`, { param, issue })
      return undefined
    },
    get failure() {
      return failure
    },
  }
}

/** A pointer as Anthropic's own errors write it: `messages.0.content`. */
export const dotted = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')

/**
 * The members of one object, each read at most where it is understood. Null is as absent. `rest` gives every member that
 * nobody asked for its effect, so that none is lost in silence.
 */
export interface Fields {
  readonly value: JsonObject
  readonly pointer: string
  at(name: string): string
  any(name: string): unknown
  text(name: string): string | undefined
  number(name: string): number | undefined
  /** A whole number from zero up. */
  count(name: string): number | undefined
  flag(name: string): boolean | undefined
  list(name: string): readonly unknown[] | undefined
  object(name: string): Fields | undefined
  /** Members with no place in the model, where they are there. */
  leave(effect: Unmapped['effect'], ...names: readonly string[]): void
  rest(): void
}

const isPlainObject = (value: unknown): value is JsonObject => isObject(value) && numberOf(value) === undefined

export const fieldsOf = (value: unknown, pointer: string, reading: Reading): Fields | undefined =>
  isPlainObject(value) ? createFields(value, pointer, reading) : reading.fail(pointer, 'an object')

const createFields = (value: JsonObject, pointer: string, reading: Reading): Fields => {
  const asked = new Set<string>()
  const at = (name: string): string => below(pointer, name)
  const any = (name: string): unknown => {
    asked.add(name)
    return value[name] ?? undefined
  }
  const typed = <Found>(name: string, expected: string, read: (found: unknown) => Found | undefined) => {
    const found = any(name)
    return found === undefined ? undefined : (read(found) ?? reading.fail(at(name), expected))
  }
  return {
    value,
    pointer,
    at,
    any,
    text: (name) => typed(name, 'a string', (found) => (typeof found === 'string' ? found : undefined)),
    number: (name) => typed(name, 'a number', numberOf),
    count: (name) => typed(name, 'a whole number, not below zero', wholeNumber),
    flag: (name) => typed(name, 'true or false', (found) => (typeof found === 'boolean' ? found : undefined)),
    list: (name) => typed(name, 'a list', (found) => (Array.isArray(found) ? (found as unknown[]) : undefined)),
    object: (name) =>
      typed(name, 'an object', (found) => (isPlainObject(found) ? createFields(found, at(name), reading) : undefined)),
    leave(effect, ...names) {
      for (const name of names) if (any(name) !== undefined) reading.leave(at(name), effect)
    },
    rest() {
      for (const name of Object.keys(value))
        if (!asked.has(name) && value[name] != null) reading.leave(at(name), 'drop')
    },
  }
}

const wholeNumber = (found: unknown): number | undefined => {
  const number = numberOf(found)
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
