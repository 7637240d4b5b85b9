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
  readonly #open: OpenEntries
  readonly #nowMs: () => number
  /** Where it stands among the open ones. */
  at: number

  constructor(
    open: OpenEntries,
    nowMs: () => number,
    waitMs: number,
    totalMs: number,
    onExpire: (isTotal: boolean) => void,
  ) {
    this.#open = open
    this.#nowMs = nowMs
    const now = nowMs()
    this.#lastMs = now + totalMs
    this.#onExpire = onExpire
    this.deadlineMs = Math.min(now + waitMs, this.#lastMs)
    this.at = open.push(this) - 1
  }

  extend(waitMs: number): void {
    this.deadlineMs = Math.min(this.#nowMs() + waitMs, this.#lastMs)
  }

  expire(): void {
    this.#onExpire(this.deadlineMs >= this.#lastMs)
  }

  get isOpen(): boolean {
    return this.#open[this.at] === this
  }

  /** The last one takes its place. */
  end(): void {
    if (!this.isOpen) return
    const last = this.#open.pop()
    if (!last || last === this) return
    this.#open[this.at] = last
    last.at = this.at
  }
}

/**
 * An array, which nothing is left of that has gone. A `Set` is made anew every few dozen entries, and the engine keeps
 * what was in the old one, until its next full collection, together with all that hangs on it: the whole request.
 */
type OpenEntries = Entry[]

/**
 * One clock for every open stream. A timer a chunk would cost more than relaying the chunk, and time-outs of minutes
 * need no more than a tick's precision. What is due at the same tick expires in no order to rely on.
 */
export const createWatchdog = (nowMs: () => number, tickMs = 250): Watchdog => {
  const open: OpenEntries = []
  const tick = () => {
    const now = nowMs()
    for (const entry of open.filter(({ deadlineMs }) => deadlineMs <= now)) {
      // Another one that expired may have ended it, or given it more time.
      if (!entry.isOpen || entry.deadlineMs > now) continue
      entry.expire()
      // Whoever expired may have asked for more time.
      if (entry.deadlineMs <= now) entry.end()
    }
  }
  const timer = setInterval(tick, tickMs)
  timer.unref?.()
  return {
    watch: (waitMs, totalMs, onExpire) => new Entry(open, nowMs, waitMs, totalMs, onExpire),
    stop: () => clearInterval(timer),
  }
}
