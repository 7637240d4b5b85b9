import { DatabaseError, type DatabaseFailure } from '../db/database.ts'
import type { Store } from '../db/types.ts'
import { answeredWithin } from '../runtime/deadline.ts'

/** However often it is asked, by however many. */
const FRESH_MS = 1_000
const PATIENCE_MS = 2_000
const NAME = 'readiness'

/**
 * What is wrong with the database, in words; `null` when it takes a write, which is what requests need: one that can
 * only be read is not ready. Answers within two seconds, whether or not the database does.
 */
export const createProbe = (
  settings: Pick<Store['settings'], 'set'>,
  nowMs: () => number = Date.now,
): (() => Promise<string | null>) => {
  let known: { readonly atMs: number; readonly fault: string | null } | undefined
  let running: Promise<string | null> | undefined
  const write = async (): Promise<string | null> => {
    const fault = await faultOf(settings.set(NAME, ''))
    known = { atMs: nowMs(), fault }
    running = undefined
    return fault
  }
  return () => {
    const ageMs = known === undefined ? Number.POSITIVE_INFINITY : nowMs() - known.atMs
    if (known && ageMs >= 0 && ageMs < FRESH_MS) return Promise.resolve(known.fault)
    // One at a time: more would only wait behind the first.
    running ??= write()
    return answeredWithin(running, PATIENCE_MS, () => `has not answered for ${PATIENCE_MS / 1_000} s`)
  }
}

const faultOf = async (written: Promise<void>): Promise<string | null> => {
  try {
    await written
    return null
  } catch (error) {
    if (error instanceof DatabaseError) return WORDS[error.failure.kind] ?? 'fails; the log says how'
    throw error
  }
}

/** For anybody to see: addresses and tables are for the log. */
const WORDS: Partial<Record<DatabaseFailure['kind'], string>> = {
  full: 'its disk is full',
  busy: 'is locked',
  overloaded: 'more is waiting than the queue takes',
  unavailable: 'cannot be reached or written to',
  uncertain: 'cannot be reached or written to',
}
