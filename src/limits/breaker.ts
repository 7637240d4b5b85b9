/** Whether something that failed is asked again: not before a while, and then by one alone. */
export interface Breaker {
  isOpen(): boolean
  /** It failed: nobody asks it for a while. */
  trip(error: unknown, nowMs: number): void
  /** Whether it is time to try; whoever is told so must `trip` or `close`. */
  mayTry(nowMs: number): boolean
  close(): void
  /** When it may be tried again, Unix milliseconds. */
  tryAtMs(): number
}

export interface BreakerOptions {
  readonly cooldownMs: number
  /** Told when it opens, with what failed, and when it closes. */
  readonly onOpen: (error: unknown) => void
  readonly onClose: () => void
}

export const createBreaker = ({ cooldownMs, onOpen, onClose }: BreakerOptions): Breaker => {
  let open = false
  let trying = false
  let tryAtMs = 0
  return {
    isOpen: () => open,
    trip(error, nowMs) {
      trying = false
      tryAtMs = nowMs + cooldownMs
      if (open) return
      open = true
      onOpen(error)
    },
    mayTry(nowMs) {
      // A clock set back must not keep it open until the time it had shown.
      if (!open || trying || (nowMs < tryAtMs && nowMs >= tryAtMs - cooldownMs)) return false
      trying = true
      return true
    },
    close() {
      trying = false
      if (!open) return
      open = false
      onClose()
    },
    tryAtMs: () => tryAtMs,
  }
}
