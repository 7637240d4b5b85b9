/** A map that holds at most so many entries and forgets those left alone the longest. */
export interface RecentMap<K, V> {
  readonly size: number
  /** Finds an entry and counts that as a use of it. */
  get(key: K): V | undefined
  set(key: K, value: V): void
  /** Forgets each entry the predicate holds for. */
  deleteWhere(matches: (value: V) => boolean): void
  clear(): void
}

/**
 * An empty map for `entriesMax` entries; the half of them used last is always there. It keeps two generations: what is
 * used moves to the young one, and when that is full the old one goes as a whole. A hit in the young one, which is
 * almost every hit, changes nothing; an order kept by deleting and re-inserting would cost each of them two writes.
 * Throws `RangeError` when `entriesMax` is not a whole number above one.
 */
export const createRecentMap = <K, V extends object | number>(entriesMax: number): RecentMap<K, V> => {
  if (!Number.isSafeInteger(entriesMax) || entriesMax < 2) throw new RangeError(`entriesMax ${entriesMax}`)
  const generationMax = Math.floor(entriesMax / 2)
  let young = new Map<K, V>()
  let old = new Map<K, V>()

  const put = (key: K, value: V): void => {
    old.delete(key)
    if (young.size >= generationMax && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    get size() {
      return young.size + old.size
    },
    get(key) {
      const recent = young.get(key)
      if (recent !== undefined) return recent
      const value = old.get(key)
      if (value !== undefined) put(key, value)
      return value
    },
    set: put,
    deleteWhere(matches) {
      for (const generation of [young, old]) {
        for (const [key, value] of generation) if (matches(value)) generation.delete(key)
      }
    },
    clear() {
      young.clear()
      old.clear()
    },
  }
}
