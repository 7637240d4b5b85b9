import type { JsonObject, Reversal } from '../../../src/canon/codec.ts'
import type { Format } from '../conformance.ts'

/** A provider's kind and a model there: what it accepts comes from its profile, as in the gateway. */
export type On = readonly [kind: string, model: string]

/** Marks a place in a body where nothing may stand. */
export const ABSENT: unique symbol = Symbol('absent')

/** Values by JSON pointer. An object or list is compared whole. */
export type Fragments = Readonly<Record<string, unknown>>

/** Losses are compared whole where they are given, each as `<pointer>;<code>`. */
export interface BodyExpectation {
  readonly body?: Fragments
  readonly contains?: readonly string[]
  readonly lacks?: readonly string[]
  readonly losses?: readonly string[]
}

export interface RequestExpectation extends BodyExpectation {
  /** The pointer of the field that the client is told to leave out. */
  readonly refused?: string
}

export interface AnswerExpectation extends BodyExpectation {
  /** The kind of the error that the client is given instead of an answer. */
  readonly error?: string
}

export interface StreamExpectation {
  /** How the client's own rules of a stream say that it ended. */
  readonly end: 'success' | 'error'
  /** Texts that stand in the client's bytes, in this order. */
  readonly contains?: readonly string[]
  readonly lacks?: readonly string[]
  /** What the client's own format reads in it: some members of each block, in order, and the stop reason. */
  readonly hears?: { readonly blocks?: readonly JsonObject[]; readonly stop?: string }
  readonly losses?: readonly string[]
}

interface Numbered {
  /** Of the catalogue of hazards. A number may have several rows. */
  readonly number: number
  readonly title: string
}

/** What the client asked for, as far as its answer depends on it. */
export type Asked = Partial<
  Pick<Reversal, 'wishes' | 'showsReasoning' | 'tools' | 'answerTool' | 'emulates' | 'wrapsAnswer' | 'stops'>
>

/** A client's request, and what the upstream is sent. */
export interface RequestRow extends Numbered {
  readonly kind: 'request'
  readonly from: Format
  readonly to: Format
  readonly on?: On
  readonly streams?: true
  readonly input: JsonObject | string
  readonly expect: RequestExpectation
}

/** A whole answer of an upstream, and what the client is given. */
export interface AnswerRow extends Numbered {
  readonly kind: 'answer'
  readonly from: Format
  readonly to: Format
  readonly asked?: Asked
  readonly input: JsonObject | string
  readonly expect: AnswerExpectation
}

/** A stream of an upstream: its events, or its bytes as text. `[DONE]` is an event like any other. */
export interface StreamRow extends Numbered {
  readonly kind: 'stream'
  readonly from: Format
  readonly to: Format
  readonly asked?: Asked
  readonly input: readonly (JsonObject | '[DONE]')[] | string
  readonly expect: StreamExpectation
}

/** A client asks, is answered by `to`, and asks again, of `next` where that is another; the last request is looked at. */
export interface ConversationRow extends Numbered {
  readonly kind: 'conversation'
  readonly from: Format
  readonly to: Format
  readonly on?: On
  readonly next?: { readonly to: Format; readonly on: On }
  /** What the upstream answered. */
  readonly input: JsonObject
  /** What the client asks next, having been given `answer` in its own format. */
  readonly asksAgain: (answer: JsonObject) => JsonObject
  readonly expect: RequestExpectation
}

export type HazardRow = RequestRow | AnswerRow | StreamRow | ConversationRow
