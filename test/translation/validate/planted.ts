import type { Sent } from './sent.ts'
import type { Format } from './validate.ts'

type Body = Readonly<Record<string, unknown>>

/** A request with one thing wrong: what, where in the words of the validator, and the request. */
export type Planted = readonly [what: string, fault: RegExp, body: Body, sent?: Sent]

/** Requests in which nothing is wrong, and the same with one fault each. */
export interface Bed {
  readonly format: Format
  readonly good: readonly Body[]
  readonly planted: readonly Planted[]
}

export const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const
export const CLOSED = { ...SCHEMA, additionalProperties: false } as const
