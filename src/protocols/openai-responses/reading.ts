import type { Carriers, JsonObject } from '../../canon/codec.ts'
import type { Sourced, Unmapped } from '../../canon/conversation.ts'
import { numberOf } from '../../canon/json-text.ts'
import { createLosses, type Losses } from '../../canon/losses.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { isObject } from '../json.ts'
import { below } from '../shared/pointers.ts'

/** What the reading of one request gathers beside its conversation. The first mistake is kept, and the reading goes on. */
export interface Reading {
  readonly carriers: Carriers
  readonly losses: Losses
  readonly unmapped: readonly Unmapped[]
  leave(pointer: string, effect: Unmapped['effect']): void
  /** What the field must be. */
  fail(pointer: string, expectation: string): undefined
  refuse(error: GatewayError): undefined
  readonly failure: GatewayError | undefined
}

export const createReading = (carriers: Carriers): Reading => {
  const unmapped: Unmapped[] = []
  let failure: GatewayError | undefined
  const refuse = (error: GatewayError): undefined => {
    failure ??= error
  }
  return {
    carriers,
    losses: createLosses(),
    unmapped,
    leave: (pointer, effect) => {
      unmapped.push({ pointer, effect })
    },
    fail(pointer, expectation) {
      const param = fieldAt(pointer)
      const issue = `must be ${expectation}`
      return refuse(fault('invalid-request', `\`${param}\` ${issue}.`, { param, issue }))
    },
    refuse,
    get failure() {
      return failure
    },
  }
}

/** A pointer as OpenAI's own errors write it: `input[2].call_id`. */
export const fieldAt = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step.replaceAll('~1', '/').replaceAll('~0', '~')}`))
    .join('')
    .replace(/^\./, '')

/** The members of one object. Null is as absent; `rest` leaves out, saying so, whatever nobody asked for. */
export interface Members {
  readonly value: JsonObject
  readonly pointer: string
  at(name: string): string
  any(name: string): unknown
  text(name: string): string | undefined
  number(name: string): number | undefined
  flag(name: string): boolean | undefined
  list(name: string): readonly unknown[] | undefined
  object(name: string): Members | undefined
  /** Members without a place in the model; those that were not sent are no loss. */
  leave(effect: Unmapped['effect'], ...names: readonly string[]): void
  /** Members that are read elsewhere, or say nothing that an upstream must know: ids and states of items. */
  skip(...names: readonly string[]): void
  rest(): void
}

/** A number that keeps its spelling is an object to the engine, and none here. */
export const isPlainObject = (value: unknown): value is JsonObject => isObject(value) && numberOf(value) === undefined

export const membersOf = (value: unknown, pointer: string, reading: Reading): Members | undefined =>
  isPlainObject(value) ? createMembers(value, pointer, reading) : reading.fail(pointer, 'an object')

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const flagIn = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)
const listIn = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined)

const createMembers = (value: JsonObject, pointer: string, reading: Reading): Members => {
  const asked = new Set<string>()
  const at = (name: string): string => below(pointer, name)
  const any = (name: string): unknown => {
    asked.add(name)
    return value[name] ?? undefined
  }
  const typed = <Value>(
    name: string,
    expectation: string,
    read: (found: unknown) => Value | undefined,
  ): Value | undefined => {
    const found = any(name)
    return found === undefined ? undefined : (read(found) ?? reading.fail(at(name), expectation))
  }
  return {
    value,
    pointer,
    at,
    any,
    text: (name) => typed(name, 'a string', textIn),
    number: (name) => typed(name, 'a number', numberOf),
    flag: (name) => typed(name, 'true or false', flagIn),
    list: (name) => typed(name, 'a list', listIn),
    object: (name) =>
      typed(name, 'an object', (found) => (isPlainObject(found) ? createMembers(found, at(name), reading) : undefined)),
    leave(effect, ...names) {
      for (const name of names) if (any(name) !== undefined) reading.leave(at(name), effect)
    },
    skip(...names) {
      for (const name of names) asked.add(name)
    },
    rest() {
      for (const name of Object.keys(value))
        if (!asked.has(name) && value[name] !== null && value[name] !== undefined) reading.leave(at(name), 'drop')
    },
  }
}

/** A setting under its name in the model, where it was sent. */
export const sourced = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
  pointer: string,
): { readonly [Key in Name]?: Sourced<Value> } =>
  value === undefined ? {} : ({ [name]: { value, pointer } } as { readonly [Key in Name]?: Sourced<Value> })
