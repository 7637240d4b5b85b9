const GUESSES_MAX = 10
const WINDOW_MS = 10 * 60_000
const SUBJECTS_MAX = 10_000

/** Wrong codes of each account in the last ten minutes: after ten no other is looked at until the first is so old. */
export const createGuesses = (nowMs: () => number) => {
  const known = new Map<string, readonly number[]>()
  const recent = (subject: string): readonly number[] =>
    (known.get(subject) ?? []).filter((atMs) => atMs > nowMs() - WINDOW_MS && atMs <= nowMs())
  return {
    /**
     * Notes a code as a wrong one before it is looked at, so that those that come at once are counted too. How long to wait
     * instead; 0: not at all.
     */
    waitMs: (subject: string): number => {
      const guesses = recent(subject)
      const [first] = guesses
      if (first !== undefined && guesses.length >= GUESSES_MAX) return first + WINDOW_MS - nowMs()
      known.delete(subject)
      known.set(subject, [...guesses, nowMs()])
      const [oldest] = known.keys()
      if (known.size > SUBJECTS_MAX && oldest !== undefined) known.delete(oldest)
      return 0
    },
    /** It was no wrong one. */
    takeBack: (subject: string): void => {
      const guesses = recent(subject).slice(0, -1)
      if (guesses.length > 0) known.set(subject, guesses)
      else known.delete(subject)
    },
  }
}
