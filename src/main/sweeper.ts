import type { Logger } from 'pino'
import type { Ledger } from '../ledger/types.ts'

const EVERY_MS = 5_000

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
