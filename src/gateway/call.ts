import type { Envelope } from '../canon/envelope.ts'
import type { Operation } from '../canon/operation.ts'
import type { Protocol } from '../canon/protocol.ts'
import type { Principal } from '../keys/types.ts'
import type { Admission } from '../limits/types.ts'
import type { Candidate } from '../routing/types.ts'
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
}

/** A request that may be sent: counted against its limits, its money set aside. */
export interface Admitted {
  readonly principal: Principal
  readonly envelope: Envelope
  readonly candidates: readonly Candidate[]
  readonly admission: Admission | undefined
  readonly tab: Tab
}

/** An upstream's answer has begun. */
export interface Begun {
  readonly candidate: Candidate
  readonly answer: UpstreamAnswer
  /** How the request was sent, and what its answer is read and translated with. */
  readonly prepared: Prepared
  /** The answer is Tollgate's own reckoning: nobody upstream was asked, or could say. */
  readonly estimated?: true
}
