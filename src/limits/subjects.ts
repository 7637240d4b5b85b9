import type { Windowed } from './measures.ts'
import type { SlidingWindow } from './window.ts'

/** What is counted of one subject; a window is made when its measure is first limited. */
export type Windows = Record<Windowed, SlidingWindow | undefined>

export interface SubjectStats {
  readonly subjects: number
  /** Subjects forgotten before their two idle minutes were over: above zero, `subjectsMax` is too small. */
  readonly evictedEarly: number
}

export interface Subjects {
  /** The windows of a subject that is about to be counted. */
  use(name: string, nowMs: number): Windows
  /** The windows of a subject, if it is remembered. */
  find(name: string): Windows | undefined
  stats(): SubjectStats
}

/** Twice the window: what was counted has left it long before a subject left alone is forgotten. */
const IDLE_MS = 120_000

/**
 * Subjects live in two generations: what is used moves to the young one, which grows old after two minutes or when it
 * is full, and the old one goes as a whole. So nothing is searched for the idle, and most requests cost one look-up.
 * `onAged` is told the time when a generation grows old.
 */
export const createSubjects = (subjectsMax: number, onAged: (nowMs: number) => void): Subjects => {
  if (!Number.isSafeInteger(subjectsMax) || subjectsMax < 2) throw new RangeError(`subjectsMax ${subjectsMax}`)
  const generationMax = Math.floor(subjectsMax / 2)
  let young = new Map<string, Windows>()
  let old = new Map<string, Windows>()
  let youngSinceMs = 0
  let evictedEarly = 0

  const age = (nowMs: number): void => {
    old = young
    young = new Map()
    youngSinceMs = nowMs
    onAged(nowMs)
  }
  return {
    use(name, nowMs) {
      // A clock set back starts the two minutes anew, so that nothing waits for the time it had shown.
      if (nowMs < youngSinceMs) youngSinceMs = nowMs
      if (nowMs - youngSinceMs >= IDLE_MS) age(nowMs)
      const recent = young.get(name)
      if (recent) return recent
      const windows = old.get(name) ?? {
        requests: undefined,
        inputTokens: undefined,
        outputTokens: undefined,
        tokens: undefined,
      }
      old.delete(name)
      if (young.size >= generationMax) {
        evictedEarly += old.size
        age(nowMs)
      }
      young.set(name, windows)
      return windows
    },
    find: (name) => young.get(name) ?? old.get(name),
    stats: () => ({ subjects: young.size + old.size, evictedEarly }),
  }
}
