import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { newId } from '../db/ids.ts'
import type { ReplicaRecord, Store } from '../db/types.ts'
import { VERSION } from '../version.ts'
import { type Repeated, repeat } from './repeat.ts'

/** This process among those that serve the same database. */
export type Replica = Omit<ReplicaRecord, 'seenAtMs'>

export const openReplica = (nowMs: number): Replica => ({
  id: newId('replica_', nowMs),
  host: hostname(),
  version: VERSION,
  startedAtMs: nowMs,
})

const BEAT_MS = 10_000
/** Six beats: who has not been heard of for so long is gone. */
export const GONE_MS = 60_000

/** Says again and again that this replica lives, so that administrators see which do. */
export const startHeartbeat = (
  { replicas }: Pick<Store, 'replicas'>,
  replica: Replica,
  log: Logger,
  nowMs: () => number = Date.now,
): Repeated => {
  const beat = (): Promise<void> => replicas.beat({ ...replica, seenAtMs: nowMs() }, nowMs() - GONE_MS)
  const beating = repeat(beat, BEAT_MS, (error) => log.warn({ err: error }, 'this replica cannot say that it lives'))
  return {
    stop: async () => {
      await beating.stop()
      await replicas.leave(replica.id).catch((error: unknown) => {
        log.debug({ err: error }, 'this replica is forgotten in a minute')
      })
    },
  }
}
