import type { AnswerEvent, Opening } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { numberOf } from '../../canon/json-text.ts'

/** Where the readers of items put what they read. */
export interface Sink {
  readonly source: Source
  /** Opens a block and returns its key. */
  open(opening: Opening): number
  emit(event: AnswerEvent): void
  /** An id for a call whose server gave none. */
  newCallId(): string
}

/** How the response ended around an item that was never said to be done. */
export type Ending = 'completed' | 'incomplete'

/** Reads one item of output, however much of it is streamed. */
export interface ItemReader {
  /** An event about the item, by its name without `response.` */
  read(name: string, event: JsonObject): void
  /** The item as it is when done, which has the last word; makes up for whatever was not streamed. */
  finish(item: JsonObject): void
  /** It was never done. What of it was opened is closed. */
  abandon(ending: Ending): void
}

/** What is still missing of a text when its whole is told. What was streamed is never taken back. */
export const restOf = (whole: string, streamed: string): string =>
  whole.startsWith(streamed) ? whole.slice(streamed.length) : ''

/** An index of the wire; servers that leave it out mean the first. */
export const indexOf = (value: unknown): number => numberOf(value) ?? 0
