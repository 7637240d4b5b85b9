import type { Logger } from 'pino'
import { type Capture, createCapture } from '../capture/capture.ts'
import type { Config } from '../config/load.ts'
import { createTails, type LiveDeps } from '../http/admin/live.ts'
import { createOwnFeed, createSharedFeed } from '../http/live-feed.ts'
import type { Books } from './books.ts'
import { repeat } from './repeat.ts'

const POLL_EVERY_MS = 1_000
const SWEEP_EVERY_MS = 60_000
const PAYLOADS_AT_ONCE = 200

/** What goes with requests beside their receipts: who follows them as they come, and what they said. */
export interface RequestLog {
  readonly live: LiveDeps
  /** `undefined`: nothing is captured. */
  readonly capture: Capture | undefined
  /** Ends every live view: their readers come back to whoever serves then. */
  goAway(): void
  close(): Promise<void>
}

export const openRequestLog = (
  { database, requestLog, capture: wanted }: Config,
  { store, watchSettled }: Pick<Books, 'store' | 'watchSettled'>,
  log: Logger,
): RequestLog => {
  const feed =
    database.kind === 'sqlite'
      ? createOwnFeed()
      : createSharedFeed({
          receipts: store.receipts,
          everyMs: POLL_EVERY_MS,
          onFailure: (error) => log.error({ err: error }, 'receipts cannot be followed just now'),
        })
  watchSettled((receipt) => feed.settled(receipt))
  const capture = wanted.enabled
    ? createCapture({
        payloads: store.payloads,
        groups: new Set(wanted.groups),
        labels: new Set(wanted.labels),
        bytesMax: wanted.bytes,
        queueBytesMax: wanted.queue,
        storedBytesMax: wanted.stored,
        onDropped: (count) => log.warn({ count }, 'payloads were not kept: more came than could be written'),
        onFailure: (error) => log.error({ err: error }, 'payloads cannot be written just now; it is tried again'),
      })
    : undefined
  // Also of what was captured before that was switched off.
  const sweeping = repeat(
    async () => {
      while ((await store.payloads.sweep(Date.now() - wanted.keepMs, PAYLOADS_AT_ONCE)) === PAYLOADS_AT_ONCE);
      await capture?.measure()
    },
    SWEEP_EVERY_MS,
    (error) => log.error({ err: error }, 'payloads cannot be deleted just now; it is made up for later'),
  )
  return {
    live: { feed, enter: createTails(requestLog), bufferMax: requestLog.tailBuffer },
    capture,
    goAway: () => void feed.stop(),
    close: async () => {
      await Promise.all([feed.stop(), sweeping.stop()])
      await capture?.stop()
    },
  }
}
