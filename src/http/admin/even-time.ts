import { setTimeout as wait } from 'node:timers/promises'

/** Twice what a quiet machine takes for a password, and too little for a person to notice. */
const STEP_MS = 100

/** How long an answer that took so long waits until it leaves: at the next whole step, never at once. */
export const evenWaitMs = (elapsedMs: number): number => STEP_MS - (Math.max(0, elapsedMs) % STEP_MS)

/**
 * Gives an answer at a whole step after it was asked for. To look somebody up who is there takes about a millisecond longer
 * than to find nobody, which many tries would show: steps leave nothing of it but where one ends.
 */
export const atEvenTime = async <Answer>(give: () => Promise<Answer>): Promise<Answer> => {
  const startMs = performance.now()
  const answer = await give()
  await wait(evenWaitMs(performance.now() - startMs))
  return answer
}
