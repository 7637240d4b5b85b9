import { nanoOf } from '../format/money.ts'

/** What is wrong with a field, by the field's name in the API, as a word that `common:fault` explains. */
export type Faults = Readonly<Record<string, Fault>>
export type Fault = 'required' | 'id' | 'count' | 'order' | 'weight' | 'amount' | 'factor' | 'pairs' | 'json'

const PATTERNS: Readonly<Partial<Record<Fault, RegExp>>> = {
  required: /\S/,
  id: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  count: /^([1-9]\d{0,9})?$/,
  order: /^(\d{1,7})?$/,
  weight: /^([1-9]\d{0,6})?$/,
  factor: /^(\d{1,4}(\.\d{1,6})?)?$/,
}

/** The fault of each field whose text is not what it has to be; texts that are right are left out. */
export const faultsIn = (wanted: Readonly<Record<string, readonly [fault: Fault, text: string]>>): Faults =>
  Object.fromEntries(
    Object.entries(wanted)
      .filter(([, [fault, text]]) => !isRight(fault, text.trim()))
      .map(([field, [fault]]) => [field, fault]),
  )

const isRight = (fault: Fault, text: string): boolean =>
  fault === 'amount' ? text === '' || (nanoOf(text) ?? -1n) >= 0n : (PATTERNS[fault]?.test(text) ?? true)

/** What a text of a form is in a request: nothing entered is `null`. */
export const textOrNull = (text: string): string | null => text.trim() || null
export const countOrNull = (text: string): number | null => (text.trim() === '' ? null : Number(text))
export const listOrNull = (list: readonly string[]): readonly string[] | null => (list.length === 0 ? null : list)

/** What is known of a field, as text for a form. */
export const textOf = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value)

type Body = Readonly<Record<string, unknown>>

/** The body that makes something: what was not entered is left out. */
export const given = (fields: Body): Body =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined))

/** The body that changes something: what is another than before. What is gone of a section or mapping is `null`. */
export const changed = (before: Body, after: Body): Body =>
  Object.fromEntries(
    Object.entries(after)
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]))
      .map(([name, value]) => [name, isSection(value) ? withGone(before[name], value) : value]),
  )

const isSection = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const withGone = (before: unknown, after: Body): Body => ({
  ...Object.fromEntries(Object.keys(isSection(before) ? before : {}).map((name) => [name, null])),
  ...after,
})
