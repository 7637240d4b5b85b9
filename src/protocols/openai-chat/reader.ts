import type { Carriers, JsonObject } from '../../canon/codec.ts'
import type { Unmapped } from '../../canon/conversation.ts'
import { numberOf } from '../../canon/json-text.ts'
import { createLosses, type Losses } from '../../canon/losses.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { isObject, jsonOf } from '../json.ts'
import { below } from '../shared/pointers.ts'

/**
 * Reads a request body field by field. The first mistake is kept and the reading goes on with nothing in its place.
 * `null` is read as absent everywhere.
 */
export interface Reader {
  readonly carriers: Carriers
  readonly losses: Losses
  readonly unmapped: Unmapped[]
  readonly mistake: GatewayError | undefined
  wrong(pointer: string, expectation: string, got: unknown): undefined
  /** A field with no place in the canonical model. */
  leave(pointer: string, effect: Unmapped['effect']): void
  /** Leaves every member that is not among the known ones, because nobody knows what it means. */
  leaveOthers(object: JsonObject, known: ReadonlySet<string>, pointer: string): void
  text(value: unknown, pointer: string): string | undefined
  number(value: unknown, pointer: string): number | undefined
  flag(value: unknown, pointer: string): boolean | undefined
  object(value: unknown, pointer: string): JsonObject | undefined
  list(value: unknown, pointer: string): readonly unknown[] | undefined
}

export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null

const SHOWN_CHARACTERS_MAX = 80

export const createReader = (carriers: Carriers): Reader => {
  let mistake: GatewayError | undefined
  const unmapped: Unmapped[] = []

  const wrong = (pointer: string, expectation: string, got: unknown): undefined => {
    const param = pointer.slice(1).replaceAll('/', '.')
    const shown = (jsonOf(got) ?? 'nothing').slice(0, SHOWN_CHARACTERS_MAX)
    const issue = `must be ${expectation}; got ${shown}`
    mistake ??= fault('invalid-request', `\`${param}\` ${issue}`, { param, issue })
  }
  const leave = (pointer: string, effect: Unmapped['effect']): void => {
    unmapped.push({ pointer, effect })
  }
  const reading =
    <Value>(expectation: string, read: (value: unknown) => Value | undefined) =>
    (value: unknown, pointer: string): Value | undefined =>
      isAbsent(value) ? undefined : (read(value) ?? wrong(pointer, expectation, value))

  return {
    carriers,
    losses: createLosses(),
    unmapped,
    get mistake() {
      return mistake
    },
    wrong,
    leave,
    leaveOthers(object, known, pointer) {
      for (const name of Object.keys(object))
        if (!known.has(name) && !isAbsent(object[name])) leave(below(pointer, name), 'drop')
    },
    text: reading('a string', (value) => (typeof value === 'string' ? value : undefined)),
    number: reading('a number', numberOf),
    flag: reading('true or false', (value) => (typeof value === 'boolean' ? value : undefined)),
    object: reading('an object', (value) => (isObject(value) ? value : undefined)),
    list: reading('an array', (value) => (Array.isArray(value) ? (value as readonly unknown[]) : undefined)),
  }
}
