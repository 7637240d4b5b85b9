/**
 * A map that remembers at least the last `entriesMax` entries set, and at most twice as many. Two generations: deleting
 * the oldest entry one by one makes an engine's `Map` walk over all that it deleted before.
 */
export class BoundedMap<Key, Value> {
  readonly #entriesMax: number
  #young = new Map<Key, Value>()
  #old = new Map<Key, Value>()

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  get(key: Key): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#entriesMax) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  delete(key: Key): boolean {
    const wasYoung = this.#young.delete(key)
    return this.#old.delete(key) || wasYoung
  }
}
