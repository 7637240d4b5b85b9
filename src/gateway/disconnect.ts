import type { Principal } from '../keys/types.ts'
import type { Watchdog } from '../upstream/watchdog.ts'
import type { Call } from './call.ts'

/** What a client's hang-up does: ends the upstream request (`delivered`), or lets it run to its end (`drain`). */
export type OnDisconnect = 'delivered' | 'drain'

export interface DisconnectRules {
  /** Where no plan says otherwise. */
  readonly general: OnDisconnect
  /** By name of the plan; `null`: as in general. */
  readonly plans: ReadonlyMap<string, { readonly onDisconnect: OnDisconnect | null }>
}

export type OnDisconnectOf = (principal: Pick<Principal, 'plan'>) => OnDisconnect

/** The rule for whoever asks. A plan that is gone from the configuration says nothing. */
export const onDisconnectBy =
  ({ general, plans }: DisconnectRules): OnDisconnectOf =>
  ({ plan }) =>
    (plan === null ? null : plans.get(plan)?.onDisconnect) ?? general

export interface HangUpDeps {
  readonly onDisconnectOf: OnDisconnectOf
  readonly drainTimeoutMs: number
  readonly watchdog: Watchdog
}

/** What ends a request upstream when its client has left. */
export type HangUpOf = (call: Call, principal: Principal) => AbortSignal

/** The client's own hang-up, or with `drain` the end of the time that an answer nobody waits for may still take. */
export const createHangUp =
  ({ onDisconnectOf, drainTimeoutMs, watchdog }: HangUpDeps): HangUpOf =>
  ({ request: { signal } }, principal) => {
    if (onDisconnectOf(principal) === 'delivered') return signal
    const late = new AbortController()
    const wait = (): void => void watchdog.watch(drainTimeoutMs, drainTimeoutMs, () => late.abort())
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait, { once: true })
    return late.signal
  }
