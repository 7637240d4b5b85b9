import type { Logger } from 'pino'
import type { Change, ChangeKind, Store } from '../db/types.ts'
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
  dropAll(): void | Promise<void>
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
    if (found === 'too-many' || nowMs() - readAtMs > KEPT_MS / 2) await caches.dropAll()
    else for (const change of withoutRepeats(found)) await caches.drop(change)
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

/** Of these all is read anew, whichever of them changed: once for all changes that are noticed together. */
const READ_WHOLE: ReadonlySet<ChangeKind> = new Set(['price', 'pause', 'object', 'configuration'])

const withoutRepeats = (changes: readonly Change[]): readonly Change[] =>
  changes.filter(
    ({ kind }, index) => !READ_WHOLE.has(kind) || index === changes.findIndex((change) => change.kind === kind),
  )

/** What a change is told to, by what changed. */
export interface Noticing {
  /** The one in use. */
  readonly authenticator: () => Pick<
    Authenticator,
    'invalidate' | 'invalidateUser' | 'invalidateProject' | 'invalidateAll'
  >
  readonly onPrice: () => void | Promise<void>
  readonly onPause: () => void | Promise<void>
  readonly onObject: () => void | Promise<void>
  readonly onConfiguration: () => void | Promise<void>
  readonly onReconciliation: (id: string) => void | Promise<void>
}

/** All that this process has cached: keys with the user and the project of each, prices, pauses. */
export const cachesOf = ({
  authenticator,
  onPrice,
  onPause,
  onObject,
  onConfiguration,
  onReconciliation,
}: Noticing): Caches => ({
  drop: ({ kind, subjectId }) => {
    switch (kind) {
      case 'key':
        return authenticator().invalidate(subjectId)
      case 'user':
        return authenticator().invalidateUser(subjectId)
      case 'project':
        return authenticator().invalidateProject(subjectId)
      case 'price':
        return onPrice()
      case 'pause':
        return onPause()
      case 'object':
        return onObject()
      case 'reconciliation':
        return onReconciliation(subjectId)
      case 'configuration':
        return onConfiguration()
      case 'plan':
        return authenticator().invalidateAll()
    }
  },
  dropAll: async () => {
    authenticator().invalidateAll()
    await Promise.all([onPrice(), onPause(), onObject(), onConfiguration()])
  },
})
