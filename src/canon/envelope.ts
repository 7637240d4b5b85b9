import type { Loss } from './losses.ts'
import type { Scan } from './scan.ts'
import type { Units } from './usage.ts'

/** What routing, quoting and metering need to know of a request body; everything else passes through unread. */
export interface Envelope {
  readonly scan: Scan
  /** As the client wrote it. */
  readonly model: string
  readonly stream: boolean
  /** The client's own output limit in tokens, if it set one. */
  readonly outputTokensLimit: number | undefined
  /** How many answers were asked for (`n`, `candidateCount`): each may use the whole output limit. */
  readonly choices: number
  /** How many of them are given back, where that is fewer (`best_of`). */
  readonly answers?: number
  /** Whether a streaming OpenAI Chat/Completions client asked for the usage chunk itself. */
  readonly includesUsage: boolean
  /** The request names state kept upstream (a previous response, a file, a cache): its input size is unknown here. */
  readonly refersToStored: boolean
  /** Tollgate's own routing preferences, removed before sending. */
  readonly providers: readonly string[]
  readonly fallbacks: readonly string[]
  /** The body as its client wrote it, where earlier turns of its conversation have been put into this one. */
  readonly asWritten?: Scan
  /** What of those turns could not be put in. */
  readonly lost?: readonly Loss[]
  /** What a rule of the group makes of it; left out: nothing. */
  readonly directed?: Directed
  /** Only there can it be answered: what it names is kept by this key of this provider. */
  readonly heldBy?: HeldBy
  /** Of requests for images, sound, moderation and rankings: what they may use. */
  readonly demand?: Demand
}

/** Who keeps a file that a request names. */
export interface HeldBy {
  readonly provider: string
  readonly key: string
  /** The file; empty where it is not a file that binds the request there. */
  readonly file: string
}

/** Where a rule sends a request. */
export interface Directed {
  /** Its name; `undefined`: none matches, but one takes fallbacks away. */
  readonly rule: string | undefined
  /** Asked for in place of the model that the client wrote. */
  readonly model: string | undefined
  readonly fallbacks: readonly string[]
  /** Nowhere else, and in this order. */
  readonly channels: readonly string[] | undefined
}

/** Quantities of every kind, in the buckets of `Usage`. */
export interface Quantities {
  readonly input: number
  readonly inputAudio: number
  readonly output: number
  readonly outputAudio: number
  readonly units: Units
}

/**
 * What a request may use that is no conversation. The same thing in several measures, because models of one endpoint are
 * sold by different ones: a minute of audio is sixty seconds and six hundred tokens. Only what has a price is billed.
 */
export interface Demand {
  /** The most: what is quoted. */
  readonly most: Quantities
  /** What it usually comes to: what is billed where nobody tells. */
  readonly usual: Quantities
  /** Tokens of output for a million of the pieces that an answer is delivered in (`Observation.pieces`). */
  readonly outputPerMillionPieces: number
  /** The entry of the price list that it is sold by, where one model has several: a size and quality of images. */
  readonly variant?: string | undefined
}
