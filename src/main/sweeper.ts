import type { Logger } from 'pino'
import type { Store } from '../db/types.ts'
import type { Ledger } from '../ledger/types.ts'

const EVERY_MS = 5_000
const KEPT_EVERY_MS = 60_000

/** Releases, every few seconds, holds whose process died before it could settle them. */
export const startSweeper = (ledger: Ledger, log: Logger): { stop(): void } => {
  const timer = setInterval(() => {
    ledger.sweep(Date.now()).then(
      (released) => {
        if (released > 0) log.warn({ released }, 'released holds of requests that died with their process')
      },
      (error: unknown) => log.error({ err: error }, 'the sweep for expired holds failed'),
    )
  }, EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

/** Deletes, little by little, kept responses and reasoning states that have expired. */
export const startKeptSweeper = (
  { responses, reasoning }: Pick<Store, 'responses' | 'reasoning'>,
  log: Logger,
): { stop(): void } => {
  const timer = setInterval(() => {
    responses.sweep().catch((error: unknown) => log.error({ err: error }, 'the sweep for expired responses failed'))
    reasoning.sweep().catch((error: unknown) => log.error({ err: error }, 'the sweep for expired reasoning failed'))
  }, KEPT_EVERY_MS)
  return { stop: () => clearInterval(timer) }
}
