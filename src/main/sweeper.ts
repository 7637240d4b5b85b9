import type { Logger } from 'pino'
import type { Store } from '../db/types.ts'
import type { Ledger } from '../ledger/types.ts'

const EVERY_MS = 5_000
const RESPONSES_EVERY_MS = 60_000

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

/** Deletes, little by little, kept responses that have expired. */
export const startResponseSweeper = (responses: Pick<Store['responses'], 'sweep'>, log: Logger): { stop(): void } => {
  const timer = setInterval(() => {
    responses.sweep().catch((error: unknown) => log.error({ err: error }, 'the sweep for expired responses failed'))
  }, RESPONSES_EVERY_MS)
  return { stop: () => clearInterval(timer) }
}
