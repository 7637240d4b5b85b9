import { takesPlaces } from './measures.ts'
import type { Counted } from './types.ts'

/** Requests under way that hold places. */
export interface Places {
  /** Remembers a request; whether it holds places at all. */
  add(counted: Counted): boolean
  /** Whether it was remembered. */
  remove(counted: Counted): boolean
  /** Those that still are: whose end was never told is forgotten after the longest a request may last. */
  underWay(nowMs: number): readonly Counted[]
  size(): number
}

/** What a replica let in by itself, in order, until it has left every window. */
export interface Journal {
  add(counted: Counted): void
  /** Some of it, oldest first; empty when nothing is left. */
  oldest(nowMs: number): readonly Counted[]
  /** Forgets as many, oldest first. */
  drop(count: number): void
}

const REMEMBERED_MS = 61_000
/** Above that, what was let in is not written down. */
const REMEMBERED_MAX = 50_000
const READ_AT_ONCE = 50

export const createPlaces = (requestMsMax: number): Places => {
  const held = new Map<string, Counted>()
  return {
    add: (counted: Counted): boolean => takesPlaces(counted) && held.set(counted.id, counted).has(counted.id),
    remove: ({ id }: Counted): boolean => held.delete(id),
    underWay(nowMs: number): readonly Counted[] {
      for (const [id, { countedAtMs }] of held) if (nowMs - countedAtMs > requestMsMax) held.delete(id)
      return [...held.values()]
    },
    size: () => held.size,
  }
}

export const createJournal = (): Journal => {
  const entries: Counted[] = []
  return {
    add(counted: Counted): void {
      const stale = entries.findIndex(({ countedAtMs }) => counted.countedAtMs - countedAtMs <= REMEMBERED_MS)
      if (stale > 0) entries.splice(0, stale)
      if (entries.length < REMEMBERED_MAX) entries.push(counted)
    },
    oldest(nowMs: number): readonly Counted[] {
      const stale = entries.findIndex(({ countedAtMs }) => nowMs - countedAtMs <= REMEMBERED_MS)
      entries.splice(0, stale === -1 ? entries.length : stale)
      return entries.slice(0, READ_AT_ONCE)
    },
    drop: (count: number): void => void entries.splice(0, count),
  }
}
