import type { PayloadStore } from '../db/types.ts'

/** How much of payloads is stored in all: where there is no room for more, the oldest go. */
export interface Ceiling {
  /** Deletes the oldest until there is room for so many bytes, which are counted as stored from then on. */
  makeRoom(bytes: number): Promise<void>
  /** Looks again how much there is: other replicas write, too, and time deletes. */
  measure(): Promise<void>
  /** How many went before their time. */
  readonly evicted: number
}

const DELETED_AT_ONCE = 100
/** Deletes from other replicas may go on at the same time; what is over stays over until the next payload. */
const TURNS_MAX = 50

export const createCeiling = (payloads: Pick<PayloadStore, 'storedBytes' | 'evict'>, bytesMax: number): Ceiling => {
  let stored: number | undefined
  let evicted = 0
  const ceiling: Ceiling = {
    makeRoom: async (bytes) => {
      if (stored === undefined) await ceiling.measure()
      for (let turns = 0; turns < TURNS_MAX; turns += 1) {
        const over = (stored ?? 0) + bytes - bytesMax
        if (over <= 0) break
        const gone = await payloads.evict(over, DELETED_AT_ONCE)
        stored = Math.max(0, (stored ?? 0) - gone.bytes)
        evicted += gone.count
        if (gone.count === 0) break
      }
      stored = (stored ?? 0) + bytes
    },
    measure: async () => {
      stored = await payloads.storedBytes()
    },
    get evicted() {
      return evicted
    },
  }
  return ceiling
}
