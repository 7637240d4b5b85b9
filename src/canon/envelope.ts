import type { Loss } from './losses.ts'
import type { Scan } from './scan.ts'

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
}
