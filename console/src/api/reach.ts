/** Whether the gateway answers: told by every call, shown by the banner. */
export interface Reach {
  /** When it last answered; 0: not yet. */
  readonly answeredAtMs: number
  readonly isLost: boolean
}

let reach: Reach = { answeredAtMs: 0, isLost: false }
const listeners = new Set<() => void>()

/** Says that an answer came, of whatever status, or that none did. */
export const reportAnswer = (hasCome: boolean): void => {
  const wasLost = reach.isLost
  reach = { answeredAtMs: hasCome ? Date.now() : reach.answeredAtMs, isLost: !hasCome }
  if (wasLost !== reach.isLost) for (const listener of listeners) listener()
}

/** The same object until it is lost or found again, so that it can be subscribed to. */
let seen: Reach = reach
export const reachNow = (): Reach => {
  if (seen.isLost !== reach.isLost) seen = reach
  return seen
}

export const watchReach = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where some calls are answered and others are not, what failed is tried again no more often than this. */
const RECOVERY_MS = 10_000
const recoveries = new Set<() => void>()
let recoveredAtMs = 0
let timer: ReturnType<typeof setTimeout> | undefined

const recover = (): void => {
  timer = undefined
  if (reach.isLost) return
  recoveredAtMs = Date.now()
  for (const listener of [...recoveries]) listener()
}

/** Tells that the gateway answers again after it did not, and what failed meanwhile may be tried again. */
export const watchRecovery = (listener: () => void): (() => void) => {
  recoveries.add(listener)
  return () => recoveries.delete(listener)
}

watchReach(() => {
  if (reach.isLost || timer !== undefined) return
  timer = setTimeout(recover, Math.max(0, recoveredAtMs + RECOVERY_MS - Date.now()))
})
