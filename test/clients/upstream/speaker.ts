import type { Format } from './formats.ts'

export type Json = Readonly<Record<string, unknown>>

/** A tool that a request offers. */
export interface Tool {
  readonly name: string
  readonly form: 'function' | 'custom'
  readonly description: string
  readonly schema: Json
  /** Responses only: what its calls must name beside the tool. */
  readonly namespace?: string
}

export interface Call {
  readonly id: string
  readonly name: string
  readonly form: 'function' | 'custom'
  /** JSON of a function's arguments; the text of a custom tool. */
  readonly input: string
  readonly namespace?: string
}

/** An earlier answer as a request brings it back. */
export interface PastAnswer {
  readonly calls: readonly Pick<Call, 'id' | 'name' | 'input'>[]
  /** Its reasoning state, byte for byte, each piece said as `Speaker.statesOf` says it. */
  readonly states: readonly string[]
}

/** What a request asks, whatever its format. */
export interface Asked {
  readonly streams: boolean
  readonly tools: readonly Tool[]
  readonly answers: readonly PastAnswer[]
  readonly results: readonly { readonly id: string; readonly text: string }[]
  /** Whether the model would think. */
  readonly thinks: boolean
  /** Whether the client gets state that it can bring back. */
  readonly keepsState: boolean
  /** Whether what is thought is shown. */
  readonly shows: boolean
}

/** Buckets that do not overlap, as receipts have them; `reasoning` is part of `output`. */
export interface Told {
  readonly input: number
  readonly cache_read: number
  readonly cache_write_5m: number
  readonly cache_write_1h: number
  readonly output: number
  readonly reasoning: number
}

/** One answer, before it is said in a format. */
export interface Reply {
  readonly id: string
  readonly model: string
  readonly createdAt: number
  readonly thought: Thought | undefined
  readonly text: string
  readonly calls: readonly Call[]
  readonly usage: Told
  readonly asked: Asked
}

export interface Thought {
  readonly text: string
  /** What the vendor would have encrypted or signed. */
  readonly seal: string
  /** A second, hidden piece, where the format has one. */
  readonly hidden?: string
}

/** One wire format, from the vendor's side. */
export interface Speaker {
  readonly format: Format
  read(body: Json, path: string): Asked
  /** The pieces of state that an answer holds and its client must bring back. */
  statesOf(reply: Reply): readonly string[]
  whole(reply: Reply): Json
  /** The whole stream as it goes over the wire. */
  stream(reply: Reply, body: Json): string
  error(status: number, message: string): Json
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** All text of a content that is a string or parts. */
export const wordsOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : listOf(content)
        .map((part) => textOf(part.text) || wordsOf(part.content))
        .join('\n')

/** A text in pieces of uneven length, as tokens are. Characters outside the BMP are never torn. */
export const piecesOf = (text: string): readonly string[] => {
  const pieces: string[] = []
  const characters = [...text]
  for (let from = 0, size = 3; from < characters.length; from += size, size = 3 + ((size * 5) % 7))
    pieces.push(characters.slice(from, from + size).join(''))
  return pieces
}

export const sse = (data: Json, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`
