/** Places of requests under way, by subject. Each runs out by itself unless it is renewed. No clock. */
export interface Leases {
  /** How long until one more fits under `limit` if nobody renews: 0 is now. */
  waitMs(subject: string, limit: number, nowMs: number): number
  /** Takes a place, or makes the one `id` has last from now on. */
  hold(subject: string, id: string, nowMs: number): void
  release(subject: string, id: string): void
  /** Forgets what has run out, for everybody. */
  sweep(nowMs: number): void
  /** How many are taken, whether run out or not. */
  size(): number
}

interface Places {
  readonly expiresAtMs: Map<string, number>
  /** Nothing runs out before and nothing after these; a release may leave them wider than they need be. */
  earliestMs: number
  latestMs: number
}

/** Bounded by the requests under way: who has no place is not remembered. */
export const createLeases = (leaseMs: number): Leases => {
  const subjects = new Map<string, Places>()
  const forget = (subject: string, { expiresAtMs }: Places): void => {
    if (expiresAtMs.size === 0) subjects.delete(subject)
  }
  return {
    waitMs(subject, limit, nowMs) {
      if (limit <= 0) return leaseMs
      const places = subjects.get(subject)
      if (!places) return 0
      clear(places, leaseMs, nowMs)
      forget(subject, places)
      const { size } = places.expiresAtMs
      if (size < limit) return 0
      const inOrder = [...places.expiresAtMs.values()].sort((one, other) => one - other)
      return (inOrder[size - limit] ?? nowMs) - nowMs
    },
    hold(subject, id, nowMs) {
      const expiresAtMs = nowMs + leaseMs
      const places = subjects.get(subject)
      if (!places) {
        const first = new Map([[id, expiresAtMs]])
        subjects.set(subject, { expiresAtMs: first, earliestMs: expiresAtMs, latestMs: expiresAtMs })
        return
      }
      places.expiresAtMs.set(id, expiresAtMs)
      places.earliestMs = Math.min(places.earliestMs, expiresAtMs)
      places.latestMs = Math.max(places.latestMs, expiresAtMs)
    },
    release(subject, id) {
      const places = subjects.get(subject)
      if (places?.expiresAtMs.delete(id)) forget(subject, places)
    },
    sweep(nowMs) {
      for (const [subject, places] of subjects) {
        clear(places, leaseMs, nowMs)
        forget(subject, places)
      }
    },
    size: () => [...subjects.values()].reduce((sum, { expiresAtMs }) => sum + expiresAtMs.size, 0),
  }
}

/** Removes what has run out. After the clock was set back nothing lasts longer than if it were taken now. */
const clear = (places: Places, leaseMs: number, nowMs: number): void => {
  const longestMs = nowMs + leaseMs
  if (places.earliestMs > nowMs && places.latestMs <= longestMs) return
  let earliestMs = Number.POSITIVE_INFINITY
  let latestMs = 0
  for (const [id, atMs] of places.expiresAtMs) {
    if (atMs <= nowMs) {
      places.expiresAtMs.delete(id)
      continue
    }
    const expiresAtMs = Math.min(atMs, longestMs)
    if (expiresAtMs !== atMs) places.expiresAtMs.set(id, expiresAtMs)
    earliestMs = Math.min(earliestMs, expiresAtMs)
    latestMs = Math.max(latestMs, expiresAtMs)
  }
  places.earliestMs = earliestMs
  places.latestMs = latestMs
}
