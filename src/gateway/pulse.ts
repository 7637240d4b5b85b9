import type { Watchdog } from '../upstream/watchdog.ts'

export interface PulseOptions {
  readonly watchdog: Watchdog
  /** Silence of the upstream after which the client is sent a sign of life. */
  readonly keepAliveMs: number
  /** How long a client may take nothing before it is given up. */
  readonly clientIdleMs: number
  /** The format's sign of life; empty where it has none. */
  readonly keepAlive: string
  readonly send: (bytes: Uint8Array) => void
  readonly onStalled: () => void
}

/** Watches the client's side of one stream: told of every wait and every write, it acts when either takes too long. */
export interface Pulse {
  /** The client has asked for more, and the upstream is waited for. */
  waiting(): void
  /** These bytes were written; the client has to take them before it is asked again. */
  wrote(bytes: Uint8Array): void
  end(): void
}

const TEXT = new TextEncoder()
const LF = 0x0a
const CR = 0x0d

export const createPulse = (options: PulseOptions): Pulse => {
  const { watchdog, clientIdleMs, keepAlive } = options
  const keepAliveMs = keepAlive === '' ? Number.POSITIVE_INFINITY : options.keepAliveMs
  let isWaiting = false
  let betweenEvents = true
  const watch = watchdog.watch(clientIdleMs, Number.POSITIVE_INFINITY, () => {
    if (!isWaiting) return options.onStalled()
    // In the middle of an event (one too large to be held back) it would become part of it.
    if (betweenEvents) options.send(TEXT.encode(keepAlive))
    watch.extend(keepAliveMs)
  })
  return {
    waiting() {
      isWaiting = true
      watch.extend(keepAliveMs)
    },
    wrote(bytes) {
      isWaiting = false
      betweenEvents = endsWithBlankLine(bytes)
      watch.extend(clientIdleMs)
    },
    end: () => watch.end(),
  }
}

/** Whether two line ends stand at the end, in any of the three forms the specification of server-sent events allows. */
const endsWithBlankLine = (bytes: Uint8Array): boolean => {
  const last = bytes.at(-1)
  const before = bytes.at(-2)
  if (last === CR) return before === CR
  return last === LF && (before === LF || (before === CR && bytes.at(-3) === LF))
}
