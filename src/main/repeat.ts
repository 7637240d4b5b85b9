/** Something that is done again and again until it is stopped. */
export interface Repeated {
  /** Resolves when what is being done is done. */
  stop(): Promise<void>
}

/**
 * Does something at once and then again, each time so long after the last has ended. What it throws is told once for as
 * long as it goes on failing.
 */
export const repeat = (work: () => Promise<void>, everyMs: number, onFailure: (error: unknown) => void): Repeated => {
  let isStopped = false
  let isFailing = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> = Promise.resolve()
  const once = async (): Promise<void> => {
    try {
      await work()
      isFailing = false
    } catch (error) {
      if (!isFailing && !isStopped) onFailure(error)
      isFailing = true
    }
    if (!isStopped) timer = setTimeout(go, everyMs)
  }
  const go = (): void => {
    running = once()
  }
  go()
  return {
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      return running
    },
  }
}
