/** How often a time fell between which bounds: a histogram's numbers, cheap to add to. */
export class Distribution {
  readonly #boundsMs: readonly number[]
  readonly #counts: number[]
  #sumMs = 0

  /** `bounds`: upper ones, in seconds, ascending. */
  constructor(bounds: readonly number[]) {
    this.#boundsMs = bounds.map((bound) => bound * 1_000)
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  add(ms: number): void {
    const { length } = this.#boundsMs
    let place = 0
    while (place < length && ms > (this.#boundsMs[place] ?? 0)) place += 1
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
    this.#sumMs += ms
  }

  /** Up to each bound, and last of all: how many times were no longer. */
  cumulative(): readonly number[] {
    let count = 0
    return this.#counts.map((more) => {
      count += more
      return count
    })
  }

  sumSeconds(): number {
    return this.#sumMs / 1_000
  }
}
