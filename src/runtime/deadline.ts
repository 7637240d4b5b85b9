/**
 * Calls `onExpired` when `waitMs` are over and it was not ended before; returns what ends it.
 *
 * A process that was held up, by its own work or by others on the machine, finds the timer due before it has read what
 * arrived meanwhile: timers run before sockets are looked at again. So the sockets are asked once more first. Between
 * one `setImmediate` and the next they are, and whoever was answered meanwhile has ended this by then.
 */
export const startDeadline = (waitMs: number, onExpired: () => void): (() => void) => {
  let isOver = false
  const expire = (): void => {
    if (isOver) return
    isOver = true
    onExpired()
  }
  const timer = setTimeout(() => setImmediate(() => setImmediate(expire)), waitMs)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** The answer, or `late()` where there is none after `waitMs`. */
export const answeredWithin = async <T, L>(answer: Promise<T>, waitMs: number, late: () => L): Promise<T | L> => {
  const { promise, resolve } = Promise.withResolvers<L>()
  const end = startDeadline(waitMs, () => resolve(late()))
  try {
    return await Promise.race([answer, promise])
  } finally {
    end()
  }
}
