import type { CeilingLimiter, TokensUsed } from '../limits/types.ts'
import type { Soon } from '../result.ts'
import type { Failure } from '../routing/retry.ts'
import { keySubject } from '../routing/subjects.ts'
import type { Route } from '../routing/walk.ts'
import type { Admitted, Call } from './call.ts'

/** What one request takes of where it is sent to. */
export interface Occupied {
  /** What the reserved tokens turned out to be. */
  used(tokens: TokensUsed): void
  /** What counted as an answer broke off. Told before it is over. */
  broke?(failure: Failure): void
  /** It is over, however it ended. */
  over(): void
}

/** The key may not be used now; it may after this long. */
export interface Busy {
  readonly busyMs: number
}

/** Counts a try against the limits of its provider's key; `undefined`: it has none. */
export type Occupy = (call: Call, route: Route, admitted: Admitted) => Soon<Occupied | Busy | undefined>

export interface OccupyDeps {
  readonly limiter: CeilingLimiter
  readonly onDefect: (call: Call, error: unknown) => void
  readonly nowMs: () => number
}

const UNUSED: TokensUsed = { inputTokens: 0, outputTokens: 0 }

/** A key without limits costs nothing. */
export const createOccupy =
  ({ limiter, onDefect, nowMs }: OccupyDeps): Occupy =>
  (call, { candidate, key }, { reserved }) => {
    const { rpm, tpm, itpm, otpm, concurrency } = key.limits
    if (rpm === null && tpm === null && itpm === null && otpm === null && concurrency === null) return undefined
    const { provider } = candidate.channel
    const subject = `provider-${keySubject(provider.id, key.id)}`
    const reservation = { id: call.id, ...reserved, nowMs: nowMs() }
    const taken = limiter.admit([{ subject, rpm, tpm, itpm, otpm, concurrency }], reservation)
    const occupiedBy = (admission: Awaited<typeof taken>): Occupied | Busy | undefined => {
      const { granted, counted, retryAfterMs } = admission
      if (!granted) return { busyMs: retryAfterMs }
      if (!counted) return undefined
      let tokens = UNUSED
      const told = (telling: void | Promise<void>): void => {
        if (telling instanceof Promise) telling.catch((error: unknown) => onDefect(call, error))
      }
      return {
        used: (used) => {
          tokens = used
        },
        over: () => {
          told(limiter.correct(counted, tokens))
          told(limiter.release(counted))
        },
      }
    }
    return taken instanceof Promise ? taken.then(occupiedBy) : occupiedBy(taken)
  }
