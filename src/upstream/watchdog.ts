/**
 * A deadline somebody is waiting under. Move it by calling `extend`, also when it has just expired; call `end` when the
 * wait is over.
 */
export interface Watch {
  extend(waitMs: number): void
  end(): void
}

export interface Watchdog {
  watch(waitMs: number, totalMs: number, onExpire: () => void): Watch
  stop(): void
}

interface Entry {
  deadlineMs: number
  readonly lastMs: number
  readonly onExpire: () => void
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
      entry.onExpire()
      // Whoever expired may have asked for more time.
      if (entry.deadlineMs <= now) entries.delete(entry)
    }
  }
  const timer = setInterval(tick, tickMs)
  timer.unref?.()
  return {
    watch(waitMs, totalMs, onExpire) {
      const now = nowMs()
      const entry: Entry = { deadlineMs: Math.min(now + waitMs, now + totalMs), lastMs: now + totalMs, onExpire }
      entries.add(entry)
      return {
        extend: (nextMs) => {
          entry.deadlineMs = Math.min(nowMs() + nextMs, entry.lastMs)
        },
        end: () => void entries.delete(entry),
      }
    },
    stop: () => clearInterval(timer),
  }
}
