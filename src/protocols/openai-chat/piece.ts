import type { JsonObject } from '../../canon/codec.ts'

/** What one chunk says: a piece of the message, or why it ended. */
export interface Piece {
  readonly delta: JsonObject
  readonly logprobs?: readonly JsonObject[]
  readonly finish?: string
  /** The stop sequence that was met, where vLLM says it. */
  readonly met?: string
}
