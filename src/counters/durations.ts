/**
 * How long requests took is counted in these steps, in milliseconds: a request is of the first that it is below. What is
 * not below the last is counted behind it.
 */
export const DURATION_BOUNDS_MS = [
  50, 100, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 60_000,
  120_000, 300_000,
] as const

/** What is longer than the last bound is taken for twice as long at most. */
const LONGEST_MS = 600_000

/**
 * The duration that a share of them (0.95: 95 of 100) did not exceed, in whole milliseconds, as near as the steps tell:
 * within a step they are taken to be spread evenly. `null` where there are none.
 */
export const quantileOf = (counts: readonly bigint[], share: number): number | null => {
  const total = counts.reduce((sum, count) => sum + Number(count), 0)
  if (total === 0) return null
  const wanted = Math.max(1, Math.ceil(total * share))
  let before = 0
  for (const [index, each] of counts.entries()) {
    const count = Number(each)
    if (before + count >= wanted) {
      const from = DURATION_BOUNDS_MS[index - 1] ?? 0
      const to = DURATION_BOUNDS_MS[index] ?? LONGEST_MS
      // The middle of its place: of one request in a step, the step's middle.
      return Math.round(from + ((to - from) * (wanted - before - 0.5)) / count)
    }
    before += count
  }
  return null
}
