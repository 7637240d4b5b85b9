import type { Logger } from 'pino'
import type { Change, Store } from '../db/types.ts'
import type { Authenticator } from '../keys/authenticate.ts'
import { type Repeated, repeat } from './repeat.ts'

/** Twice as long, and a database that takes its time, are still under two seconds. */
const EVERY_MS = 500
const PRUNE_EVERY_MS = 60_000
/** Longer than any process is away and still trusts what it has cached. */
const KEPT_MS = 3_600_000

/** Drops what this process has cached. */
export interface Caches {
  drop(change: Change): void | Promise<void>
  dropAll(): void
}

/**
 * Takes notice of what other processes change, replicas and commands alike, by asking the database. Resolves once it
 * knows where to begin, which has to be before anything is cached.
 */
export const startPropagation = async (
  { changes }: Pick<Store, 'changes'>,
  caches: Caches,
  log: Logger,
  nowMs: () => number = Date.now,
): Promise<Repeated> => {
  let position = await changes.position()
  let [readAtMs, prunedAtMs] = [nowMs(), nowMs()]
  const poll = async (): Promise<void> => {
    const { changes: found, position: next } = await changes.after(position)
    // What was changed while nobody looked may have been pruned already.
    if (found === 'too-many' || nowMs() - readAtMs > KEPT_MS / 2) caches.dropAll()
    else for (const change of found) await caches.drop(change)
    position = next
    readAtMs = nowMs()
    if (readAtMs - prunedAtMs < PRUNE_EVERY_MS) return
    prunedAtMs = readAtMs
    await changes.prune(readAtMs - KEPT_MS)
  }
  return repeat(poll, EVERY_MS, (error) =>
    log.error({ err: error }, 'what other processes change is not noticed just now; what is cached may be out of date'),
  )
}

/** What is cached of keys, with the user and the project of each. */
export const keyCaches = (
  authenticator: Pick<Authenticator, 'invalidate' | 'invalidateUser' | 'invalidateProject' | 'invalidateAll'>,
  onReconciliation: (id: string) => void | Promise<void> = () => undefined,
): Caches => ({
  drop: ({ kind, subjectId }) => {
    switch (kind) {
      case 'key':
        return authenticator.invalidate(subjectId)
      case 'user':
        return authenticator.invalidateUser(subjectId)
      case 'project':
        return authenticator.invalidateProject(subjectId)
      case 'reconciliation':
        return onReconciliation(subjectId)
      case 'plan':
      case 'price':
      case 'pause':
      case 'configuration':
        return authenticator.invalidateAll()
    }
  },
  dropAll: () => authenticator.invalidateAll(),
})
