/**
 * A sliding minute, counted in slots of one second. The current second and the sixty before it always cover the last
 * sixty seconds, whatever their fraction, so a limit kept over these 61 slots is never exceeded in any sixty seconds. A
 * full burst is allowed; its room comes back when its second has left the window. No clock: every call brings the time.
 */
export interface SlidingWindow {
  /** What was counted in each second, as a ring. */
  readonly counts: Int32Array | Float64Array
  /** Where in the ring the newest second is, and which second of Unix time that is. */
  head: number
  headSecond: number
  /** The sum of the ring. */
  total: number
}

const SLOTS = 61
const WINDOW_MS = SLOTS * 1_000

/** A window for requests: half the memory, and no second sees two thousand million of them. */
export const createRequestWindow = (): SlidingWindow => createWindow(new Int32Array(SLOTS))

/** A window for tokens, whose sums may pass what 32 bits hold. */
export const createTokenWindow = (): SlidingWindow => createWindow(new Float64Array(SLOTS))

const createWindow = (counts: SlidingWindow['counts']): SlidingWindow => ({ counts, head: 0, headSecond: 0, total: 0 })

/**
 * Moves the window on to `nowMs`; call it before asking or counting. A clock that goes back a little finds the window
 * waiting for it, so nothing is forgotten early. One that goes back further than the window is long would keep it
 * waiting for good: then the newest second is given the new time, and what was counted keeps its age.
 */
export const advance = (window: SlidingWindow, nowMs: number): void => {
  const second = Math.floor(nowMs / 1_000)
  const steps = second - window.headSecond
  if (steps <= 0) {
    if (steps < -SLOTS) window.headSecond = second
    return
  }
  if (steps >= SLOTS) {
    window.counts.fill(0)
    window.total = 0
  } else {
    for (let step = 0; step < steps; step++) {
      window.head = (window.head + 1) % SLOTS
      window.total -= countAt(window, window.head)
      window.counts[window.head] = 0
    }
  }
  window.headSecond = second
}

/**
 * How long until `cost` fits under `limit` if nothing else comes: 0 is now, and never a millisecond too long. A cost
 * above the limit is let in when the window is empty, since waiting longer would not help; a cost of 0 always is.
 */
export const waitMs = (window: SlidingWindow, cost: number, limit: number, nowMs: number): number => {
  if (cost <= 0) return 0
  // Nothing is ever admitted under a limit of zero; a whole window is as good an answer as any.
  if (limit <= 0) return WINDOW_MS
  let excess = window.total + Math.min(cost, limit) - limit
  if (excess <= 0) return 0
  for (let age = SLOTS - 1; age >= 0; age--) {
    excess -= countAt(window, slotOf(window, age))
    if (excess <= 0) return leavesAtMs(window, age) - nowMs
  }
  throw new Error(`a window of ${window.total} holds less than that`)
}

/** Counts in the newest second. A cost above the limit is counted whole: what follows waits for all of it. */
export const count = (window: SlidingWindow, cost: number): void => {
  window.counts[window.head] = countAt(window, window.head) + cost
  window.total += cost
}

/**
 * Adds `difference`, which may be negative, to what was counted at `countedAtMs`. Does nothing once that second has
 * left the window. No second falls below zero, so a correction made twice gives no room away that was never taken.
 */
export const correct = (window: SlidingWindow, countedAtMs: number, difference: number): void => {
  // Counted while the clock was set back: the newest second is where it went, or close to it.
  const age = Math.max(0, window.headSecond - Math.floor(countedAtMs / 1_000))
  if (age >= SLOTS) return
  const slot = slotOf(window, age)
  const before = countAt(window, slot)
  const after = Math.max(0, before + difference)
  window.counts[slot] = after
  window.total += after - before
}

/** When everything counted so far will have left the window, Unix milliseconds; `nowMs` when nothing is in it. */
export const emptyAtMs = (window: SlidingWindow, nowMs: number): number => {
  if (window.total === 0) return nowMs
  let age = 0
  while (age < SLOTS - 1 && countAt(window, slotOf(window, age)) === 0) age++
  return leavesAtMs(window, age)
}

const slotOf = (window: SlidingWindow, age: number): number => (window.head - age + SLOTS) % SLOTS
const countAt = (window: SlidingWindow, slot: number): number => window.counts[slot] ?? 0
const leavesAtMs = (window: SlidingWindow, age: number): number => (window.headSecond - age + SLOTS) * 1_000
