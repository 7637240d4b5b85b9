import type { Envelope } from '../canon/envelope.ts'
import type { Recording } from '../capture/recording.ts'
import type { Operation } from '../canon/operation.ts'
import type { Observation, Protocol } from '../canon/protocol.ts'
import type { GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import type { Admission, TokensUsed } from '../limits/types.ts'
import type { Result } from '../result.ts'
import type { Candidate } from '../routing/types.ts'
import type { Upgrade } from '../upstream/socket.ts'
import type { UpstreamAnswer } from '../upstream/types.ts'
import type { Prepared } from './lane.ts'
import type { Tab } from './tab.ts'

/** One request as it came in. */
export interface Call {
  readonly id: string
  readonly operation: Operation
  readonly protocol: Protocol
  readonly request: Request
  readonly search: URLSearchParams
  readonly ip: () => string
  readonly startedAtMs: number
  /** Makes a WebSocket of it; only there where one is asked for. */
  readonly upgrade?: Upgrade
  /** What it and its answers say is kept; only there where that is on. */
  readonly recording?: Recording
}

/** A request that may be sent: counted against its limits, its money set aside. */
export interface Admitted {
  readonly principal: Principal
  readonly envelope: Envelope
  readonly candidates: readonly Candidate[]
  readonly admission: Admission | undefined
  readonly tab: Tab
  /** What it counts as against limits of tokens until its usage is known. */
  readonly reserved: TokensUsed
}

/** An upstream's answer has begun. */
export interface Begun {
  /**
   * It is a stream without content so far, and may still fail: who answers in the end, and whether anybody does. Until
   * then nobody but whoever asks touches `answer`.
   */
  readonly later?: Promise<Result<Begun, GatewayError>>
  readonly candidate: Candidate
  readonly answer: UpstreamAnswer
  /** How the request was sent, and what its answer is read and translated with. */
  readonly prepared: Prepared
  /** What an answer in one piece says of itself, where it has been read to its end. */
  readonly observation?: Observation
  /** The answer is Tollgate's own reckoning: nobody upstream was asked, or could say. */
  readonly estimated?: true
}
