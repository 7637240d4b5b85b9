import type { Units, Usage } from '../canon/usage.ts'
import { type JsonObject, isObject, jsonOf } from './json.ts'
import type { RawEvent } from './raw-event.ts'

/** What one event of a stream, or one whole answer, says. Absent means it says nothing of that. */
export interface Reading {
  /** The vendor's usage object as it stands. */
  readonly usage?: JsonObject | undefined
  /** What the vendor's own tools used, where it tells that beside its usage: all of the answer so far. */
  readonly tools?: Units
  /** Uses of such tools that the answer shows: what counts where nobody tells. */
  readonly seen?: readonly Seen[]
  /** What is `seen` here is all there is: earlier events have shown parts of it. */
  readonly seenIsAll?: boolean
  /** The tier of service, where the vendor writes it beside its usage. */
  readonly serviceTier?: unknown
  readonly terminal?: boolean
  /** Numbers of the answers that tell why they ended; when all that were asked for have, the stream is whole. */
  readonly ended?: readonly number[]
  /** Numbers of the answers that say more, though they may have told an end. */
  readonly resumed?: readonly number[]
  /** The answer tells why it ended, in a format whose end has a mark of its own. */
  readonly finished?: boolean
  /** A part of the answer begins or ends, in a format whose parts have marks of their own. */
  readonly part?: 'begins' | 'ends'
  /** Nothing of the stream's answer comes after it. */
  readonly over?: boolean
  readonly content?: boolean
  readonly error?: string | undefined
  /** More of what is no text went by: an image on its way, bytes of sound. */
  readonly pieces?: number
  /** Images made, seconds of sound taken in: what the answer shows where it tells no usage. */
  readonly made?: Units
  /** The usage is that of a message which begins here: no earlier report is part of it. */
  readonly begins?: boolean
  /** Nothing but usage: the chunk OpenAI sends last when asked for it. */
  readonly usageOnly?: boolean
}

/** So much of a unit, told under a name: what is shown twice under one name counts once. */
export interface Seen {
  readonly unit: keyof Units
  readonly name: string
  readonly count: number
}

/** How the answers of one wire format are read. Functions only: the same ones serve streams and whole answers. */
export interface AnswerFormat {
  /** Keys, with their quotes, that matter in a stream's event wherever they have a value other than null. */
  readonly keys: readonly Buffer[]
  /**
   * Whether a stream's event can change what is known, judged from its bytes without parsing it. It may say yes for
   * nothing, never no for something. `hasKey` looks for a value of one of the `keys`.
   */
  matters(event: RawEvent, contentSeen: boolean, hasKey: () => boolean): boolean
  read(event: JsonObject): Reading
  /** Members of which every whole answer has at least one; an object without any is no answer of this format. */
  readonly bodyKeys: readonly string[]
  /** One report out of two. Only a format that spreads a report over several events needs it; elsewhere each is whole. */
  mergeUsage?(before: JsonObject, now: JsonObject): JsonObject
  readUsage(raw: JsonObject): Usage | undefined
  /** The text, reasoning and tool arguments that one event delivers. */
  textIn(event: JsonObject): string
  /** Whether `data: [DONE]` ends this format's streams. */
  readonly endsWithDone: boolean
}

const ERROR_TEXT_MAX = 2_000

/** Values by which a server that always writes the field says that there is no error. */
const NO_ERROR: readonly unknown[] = [undefined, null, false, 0, '']

/** An error's members may all be empty too: some servers write their whole error struct into every answer. */
const saysNothing = (error: unknown): boolean =>
  NO_ERROR.includes(error) || (isObject(error) && Object.values(error).every((value) => NO_ERROR.includes(value)))

/**
 * An upstream's error in its own words, whatever shape it takes: a string, `{message}`, or an object nobody has
 * described. `undefined` for what is no error at all: nothing, false, zero, and an empty string or object.
 */
export const errorText = (error: unknown): string | undefined => {
  if (saysNothing(error)) return undefined
  if (typeof error === 'string') return error.slice(0, ERROR_TEXT_MAX)
  if (isObject(error) && typeof error.message === 'string' && error.message !== '')
    return error.message.slice(0, ERROR_TEXT_MAX)
  return jsonOf(error)?.slice(0, ERROR_TEXT_MAX) ?? 'an error too deeply nested to show'
}
