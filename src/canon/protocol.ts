import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { Envelope } from './envelope.ts'
import type { Action, Operation, UpstreamFormat, WireFormat } from './operation.ts'
import type { Scan } from './scan.ts'
import type { Units, Usage } from './usage.ts'

/** Facts about an upstream that change how a request of this format is sent to it. Vendors fill these in as data. */
export interface Dialect {
  /** Whether a streaming request may carry `stream_options.include_usage`. Without it such an upstream sends usage by itself. */
  readonly acceptsStreamOptions: boolean
  /** Whether it keeps message threads (Anthropic's `thread`); one that does not would answer half a conversation. */
  readonly acceptsThreads?: boolean
}

export interface Rewrite {
  /** The name the upstream knows the model by. */
  readonly model: string
  readonly dialect: Dialect
}

/** What an answer turned out to be, read from a copy while it passed. */
export interface Observation {
  readonly usage: Usage | undefined
  readonly rawUsage: unknown
  /** The tier of service it was given, in the vendor's word. */
  readonly serviceTier?: string | undefined
  /**
   * The format's own end was seen (`[DONE]`, a finish reason of every answer asked for, `message_stop`,
   * `response.completed`): the answer is whole. Gemini takes a finish reason back by going on.
   */
  readonly terminal: boolean
  /** It was told why the answer ended, in a format whose end has a mark of its own, which has not been seen yet. */
  readonly finished?: boolean | undefined
  /**
   * The mark was seen behind which a format says nothing more (`[DONE]`, `message_stop`, `response.completed`): what is
   * known stays as it is. A finish reason is none, for usage may follow, and Gemini's may be followed by more content.
   */
  readonly over?: true | undefined
  /** Some content (text, reasoning, a tool call) has gone by. */
  readonly contentSeen: boolean
  /** The upstream reported a failure inside its stream, in its own words. */
  readonly error: string | undefined
  /** Beside content that is no text, how much of it went by: images while they are made, bytes of sound. */
  readonly pieces?: number | undefined
  /** What an answer shows of itself to have been made, whoever tells no usage: images, seconds of sound. */
  readonly made?: Units | undefined
  /** What the vendor's own tools used, as far as it told or showed that; in `usage` too, where there is one. */
  readonly tools?: Units | undefined
  /**
   * The parts of a stream that have begun, and how many of them have not ended yet. While none is open, nobody knows
   * whether another comes.
   */
  readonly parts?: { readonly begun: number; readonly open: number }
}

/** Watches one streamed answer. Fed every chunk, cut anywhere; it buffers at most one event. */
export interface StreamTap {
  /** Takes the next bytes and returns what the client may have of them now (the same array when nothing is withheld). */
  push(chunk: Uint8Array): Uint8Array
  /** Bytes kept back when the source ended. */
  rest(): Uint8Array
  observe(): Observation
  /** Text, reasoning and tool arguments delivered so far, for counting a cut answer; at most `deliveredBytesMax` of it. */
  delivered(): string
}

export interface TapOptions {
  /** Drop the usage-only chunk: it was asked for by us, not by the client. */
  readonly withholdUsage: boolean
  /** How many answers stand side by side in it, each with an end of its own; 1 where this is left out. */
  readonly answers?: number
  /** Let only whole events through even when nothing is withheld, so that an error or a sign of life may follow at any time. */
  readonly wholeEvents?: boolean
  readonly eventBytesMax: number
  readonly deliveredBytesMax: number
}

/** Where in a stream something is written: among events, or as the first or a later value of a JSON array. */
export type StreamPlace = 'sse' | 'json-first' | 'json-next'

/** A wire format as an upstream speaks it: where it is asked, and what is read of its answers. Pure. */
export interface UpstreamProtocol {
  readonly format: UpstreamFormat
  /** The path under the provider's base URL: `/chat/completions`, `/v1/messages/count_tokens`, `/v1beta/models/m:generateContent`. */
  upstreamPath(action: Action, model: string, stream: boolean): string
  /** Reads the usage of a unary answer. `undefined`: it reported none. */
  readAnswer(body: Uint8Array, action: Action): Observation
  /** Text, reasoning and tool arguments of a unary answer, for counting where no usage was told. */
  answerText(body: Uint8Array): string
  tap(options: TapOptions): StreamTap
  /** The wait that an error names in its body, where the format has a place for it. */
  retryDelayMs?(body: unknown): number | undefined
}

/** One wire format that clients speak too: what Tollgate reads of its requests, and how it speaks for itself in it. Pure. */
export interface Protocol extends UpstreamProtocol {
  readonly format: WireFormat
  /** Actions whose requests may be forms (`multipart/form-data`). */
  readonly forms?: ReadonlySet<Action>
  /** Reads the envelope; wrong types in it are a 400 naming the field. */
  readEnvelope(scan: Scan, operation: Operation): Result<Envelope, GatewayError>
  /** The body to send: the client's bytes but for the model name, Tollgate's own fields, and the request for usage. */
  rewrite(envelope: Envelope, operation: Operation, rewrite: Rewrite): Uint8Array
  /** The body of an error answer in this format. */
  renderError(error: GatewayError, requestId: string): string
  /** An error after the headers are gone: the format's own in-stream event, complete with framing. */
  renderStreamError(error: GatewayError, requestId: string, place?: StreamPlace): string
  /** Bytes that keep a silent stream alive without meaning anything; empty where clients choke on them (Gemini). */
  readonly keepAlive: string
}
