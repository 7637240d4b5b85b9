import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { Answer, AnswerEvent } from './answer.ts'
import type { Opaque } from './blocks.ts'
import type { Conversation, JsonShape, Wishes } from './conversation.ts'
import type { Loss } from './losses.ts'
import type { Action, Operation, UpstreamFormat, WireFormat } from './operation.ts'
import type { Profile } from './profile.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** How reasoning state of one vendor travels through a client of another: sealed, so that nobody can forge or alter it. */
export interface Carriers {
  seal(opaque: Opaque): string
  /** `undefined`: no envelope of ours. `damaged`: one that was altered or is not from here. */
  open(text: string): Opaque | 'damaged' | undefined
}

/** Where a request goes. */
export interface Target {
  /** The name the upstream knows the model by. */
  readonly model: string
  readonly profile: Profile
  readonly stream: boolean
  /** What is asked for there; by default an answer. Counting takes fewer fields. */
  readonly action?: Action
}

export interface RenderedRequest {
  readonly body: JsonObject
  readonly losses: readonly Loss[]
  /** What was sent under another name or in another form, to be turned back in the answer; by the name that was sent. */
  readonly tools: ReadonlyMap<string, ToolIdentity>
  /** The answer is JSON in disguise of a call to the tool of this name, to be given back as text. */
  readonly answerTool?: string
  /** The shape that the model is only asked for, not held to: whoever reads the answer looks whether it was kept. */
  readonly emulates?: JsonShape
  /** The answer comes as `{"value": …}`, where the API takes nothing but objects; the client is given the value. */
  readonly wrapsAnswer?: true
  /** Stop sequences that the answer has to be cut at, as the model was not told of them all. */
  readonly stops?: readonly string[]
  /** How many answers were asked for, where that is more than one. */
  readonly choices?: number
}

/** A tool as the client declared it. */
export interface ToolIdentity {
  readonly name: string
  readonly namespace?: string
  readonly form: 'function' | 'custom'
  /** What a vendor's typed tool is called (`local_shell`, `apply_patch`), so that its calls take their own shape. */
  readonly typed?: string
  /** The free text of a custom tool travels as `{"input": "…"}`. */
  readonly wrapped?: true
}

/** What is needed to write an answer for the client that asked. Plain data but for `seal`; one for each request. */
export interface Reversal {
  readonly clientFormat: WireFormat
  readonly requestId: string
  readonly createdAtMs: number
  /** The model's name as the client wrote it. */
  readonly model: string
  readonly wishes: Wishes
  /** Whether reasoning is shown as text; its state is carried either way. */
  readonly showsReasoning: boolean
  readonly tools: ReadonlyMap<string, ToolIdentity>
  readonly answerTool?: string
  readonly emulates?: JsonShape
  readonly wrapsAnswer?: true
  readonly stops?: readonly string[]
  readonly choices?: number
  readonly carriers: Carriers
}

/** What is needed to read an answer: who gave it. */
export interface Source {
  readonly family: string
  /** Unique per request: ids that the upstream did not give are made of it. */
  readonly requestId: string
}

/**
 * Reads the parsed events of one stream, in order. `end` once, when the bytes have ended, or with `isMarked` at a marker
 * that is no event (`[DONE]`).
 */
export interface StreamParser {
  push(event: JsonObject, name: string): readonly AnswerEvent[]
  end(isMarked?: boolean): readonly AnswerEvent[]
}

/** Writes one stream, framing included. What was lost on the way is in `losses`. */
export interface StreamRenderer {
  push(event: AnswerEvent): string
  readonly losses: readonly Loss[]
}

/** The half of a wire format's parts that an upstream needs. Pure. */
export interface UpstreamCodec {
  readonly format: UpstreamFormat
  renderRequest(conversation: Conversation, target: Target): Result<RenderedRequest, GatewayError>
  parseResponse(body: JsonObject, source: Source): Answer
  parseStream(source: Source): StreamParser
  /** An upstream's error answer, said in Tollgate's own kinds. */
  parseError(status: number, body: unknown): GatewayError
}

/** The eight parts of one wire format between bytes and the canonical model; errors are in the `Protocol`. Pure. */
export interface Codec extends UpstreamCodec {
  readonly format: WireFormat
  parseRequest(body: JsonObject, operation: Operation, carriers: Carriers): Result<ParsedRequest, GatewayError>
  renderResponse(answer: Answer, reversal: Reversal): { readonly body: JsonObject; readonly losses: readonly Loss[] }
  renderStream(reversal: Reversal): StreamRenderer
}

export interface ParsedRequest {
  readonly conversation: Conversation
  /** Reasoning that could not be read: damaged envelopes. */
  readonly losses: readonly Loss[]
}
