import type { Ledger } from '../ledger/types.ts'
import { answeredWithin } from '../runtime/deadline.ts'
import type { Listener } from '../runtime/types.ts'

export interface ShutdownParts {
  readonly timeoutMs: number
  /** How long what has been charged may wait to be written. */
  readonly settleTimeoutMs: number
  readonly log: { info(message: string): void; error(message: string): void }
  /** From now on not ready: load balancers are to look elsewhere. */
  readonly begin: () => void
  readonly listener: Listener
  /** Requests not yet settled. */
  readonly openTabs: ReadonlySet<string>
  readonly ledger: Pick<Ledger, 'flush' | 'abandon'>
  readonly close: () => Promise<void>
}

const POLL_MS = 20
const FLUSH_MS = 3_000
/** Longer than it takes to close what works. */
const CLOSE_MS = 15_000

/**
 * On SIGTERM or SIGINT: stops accepting, lets what is in flight finish within the time-out, settles it, closes, exits 0.
 * A second signal cuts what is still open; even that is settled before the process ends. What the database does not take
 * within its time-out either is told to the log, and the process exits with 1.
 */
export const createShutdown = (parts: ShutdownParts): void => {
  let signals = 0
  const onSignal = () => {
    signals += 1
    if (signals === 1) void shutDown(parts, () => signals > 1)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

const shutDown = async (parts: ShutdownParts, impatient: () => boolean): Promise<void> => {
  parts.begin()
  parts.log.info(`stopping: ${parts.openTabs.size} requests in flight`)
  let drained = false
  void parts.listener.stop().then(() => {
    drained = true
  })
  const deadlineMs = Date.now() + parts.timeoutMs
  let flushedMs = Date.now() + FLUSH_MS
  const isOver = (): boolean => {
    const nowMs = Date.now()
    // Also one that was not open when the end was told: its body was still on its way.
    if (parts.openTabs.size > 0) flushedMs = nowMs + FLUSH_MS
    // All is settled; what has been written is given a moment to be taken. A client that takes nothing is not waited for.
    return nowMs >= deadlineMs || (parts.openTabs.size === 0 && (drained || nowMs >= flushedMs))
  }
  while (!impatient() && !isOver()) await pause()
  // Cutting a connection settles its request as left by the client; give that a moment to be written.
  parts.listener.kill()
  for (let polls = 0; parts.openTabs.size > 0 && polls < 250; polls += 1) await pause()
  const lost = await writeWhatIsSettled(parts)
  if (lost === 0) await answeredWithin(parts.close(), CLOSE_MS, () => undefined)
  if (lost === 0) parts.log.info('stopped')
  else parts.log.error(`stopped: ${lost} settlements could not be written, and are told above, each with what was lost`)
  // What was said last is not to be lost on its way out of a process that ends.
  await new Promise<void>((resolve) => process.stderr.write('', () => resolve()))
  process.exit(lost === 0 ? 0 : 1)
}

/** How many settlements are given up, for the database has not taken them in time. */
const writeWhatIsSettled = async ({ ledger, settleTimeoutMs }: ShutdownParts): Promise<number> => {
  const isWritten = await answeredWithin(
    ledger.flush().then(() => true),
    settleTimeoutMs,
    () => false,
  )
  return isWritten ? 0 : ledger.abandon()
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_MS))
