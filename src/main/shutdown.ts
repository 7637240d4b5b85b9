import type { Listener } from '../runtime/types.ts'

export interface ShutdownParts {
  readonly timeoutMs: number
  readonly log: (message: string) => void
  /** From now on not ready: load balancers are to look elsewhere. */
  readonly begin: () => void
  readonly listener: Listener
  /** Requests not yet settled. */
  readonly openTabs: ReadonlySet<string>
  readonly close: () => Promise<void>
}

const POLL_MS = 20
const FLUSH_MS = 3_000

/**
 * On SIGTERM or SIGINT: stops accepting, lets what is in flight finish within the time-out, settles it, closes, exits 0.
 * A second signal cuts what is still open; even that is settled before the process ends.
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
  parts.log(`stopping: ${parts.openTabs.size} requests in flight`)
  let drained = false
  void parts.listener.stop().then(() => {
    drained = true
  })
  const deadlineMs = Date.now() + parts.timeoutMs
  while (parts.openTabs.size > 0 && Date.now() < deadlineMs && !impatient()) await pause()
  // All is settled; what has been written is given a moment to be taken. A client that takes nothing is not waited for.
  const flushedMs = Math.min(deadlineMs, Date.now() + FLUSH_MS)
  while (!drained && Date.now() < flushedMs && !impatient()) await pause()
  // Cutting a connection settles its request as left by the client; give that a moment to be written.
  parts.listener.kill()
  for (let polls = 0; parts.openTabs.size > 0 && polls < 250; polls += 1) await pause()
  await parts.close()
  parts.log('stopped')
  process.exit(0)
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_MS))
