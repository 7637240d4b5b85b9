/**
 * A deadline somebody is waiting under. Move it by calling `extend`, also when it has just expired; call `end` when the
 * wait is over.
 */
export interface Watch {
  extend(waitMs: number): void
  end(): void
}

export interface Watchdog {
  /** `onExpire` is told whether all the time there was is over, rather than the last wait alone. */
  watch(waitMs: number, totalMs: number, onExpire: (isTotal: boolean) => void): Watch
  stop(): void
}

/** One object a watch, not one and its closures: there are some for every request. */
class Entry implements Watch {
  deadlineMs: number
  readonly #onExpire: (isTotal: boolean) => void
  readonly #lastMs: number
  readonly #entries: Set<Entry>
  readonly #nowMs: () => number

  constructor(
    entries: Set<Entry>,
    nowMs: () => number,
    waitMs: number,
    totalMs: number,
    onExpire: (isTotal: boolean) => void,
  ) {
    this.#entries = entries
    this.#nowMs = nowMs
    const now = nowMs()
    this.#lastMs = now + totalMs
    this.#onExpire = onExpire
    this.deadlineMs = Math.min(now + waitMs, this.#lastMs)
    entries.add(this)
  }

  extend(waitMs: number): void {
    this.deadlineMs = Math.min(this.#nowMs() + waitMs, this.#lastMs)
  }

  expire(): void {
    this.#onExpire(this.deadlineMs >= this.#lastMs)
  }

  end(): void {
    this.#entries.delete(this)
  }
}

/**
 * One clock for every open stream. A timer a chunk would cost more than relaying the chunk, and time-outs of minutes
 * need no more than a tick's precision.
 */
export const createWatchdog = (nowMs: () => number, tickMs = 250): Watchdog => {
  const entries = new Set<Entry>()
  const tick = () => {
    const now = nowMs()
    for (const entry of entries) {
      if (now < entry.deadlineMs) continue
      entry.expire()
      // Whoever expired may have asked for more time.
      if (entry.deadlineMs <= now) entries.delete(entry)
    }
  }
  const timer = setInterval(tick, tickMs)
  timer.unref?.()
  return {
    watch: (waitMs, totalMs, onExpire) => new Entry(entries, nowMs, waitMs, totalMs, onExpire),
    stop: () => clearInterval(timer),
  }
}
