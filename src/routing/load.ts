/** What is under way and how fast it has been, by channel: this replica's own view. */
export interface Load {
  begin(channel: string): void
  end(channel: string): void
  underWay(channel: string): number
  /** An answer's first content came after this long. */
  noteLatency(channel: string, stream: boolean, ttftMs: number): void
  /** The time to first content to expect; `undefined`: nobody knows any more. An answer in one piece is another matter. */
  latencyMs(channel: string, stream: boolean): number | undefined
}

/** The weight of a new measurement against all before it. */
const NEWEST_SHARE = 0.2
/** After this many half-lives a channel counts as unknown, and is measured anew. */
const HALF_LIVES_KNOWN = 4

interface Measured {
  ms: number
  atMs: number
}

/** Channels are few and named by the configuration, so nothing here needs a limit of its own. */
export const createLoad = (halfLifeMs: number, nowMs: () => number): Load => {
  const busy = new Map<string, number>()
  const measured = { streams: new Map<string, Measured>(), whole: new Map<string, Measured>() }
  const of = (stream: boolean) => (stream ? measured.streams : measured.whole)
  return {
    begin: (channel) => busy.set(channel, (busy.get(channel) ?? 0) + 1),
    end: (channel) => busy.set(channel, Math.max(0, (busy.get(channel) ?? 0) - 1)),
    underWay: (channel) => busy.get(channel) ?? 0,
    noteLatency: (channel, stream, ttftMs) => {
      const known = of(stream).get(channel)
      const atMs = nowMs()
      // What was measured long ago says less than what is measured now.
      const kept = known ? (1 - NEWEST_SHARE) * 2 ** (-(atMs - known.atMs) / halfLifeMs) : 0
      of(stream).set(channel, { ms: known ? known.ms * kept + ttftMs * (1 - kept) : ttftMs, atMs })
    },
    latencyMs: (channel, stream) => {
      const known = of(stream).get(channel)
      return known && nowMs() - known.atMs < HALF_LIVES_KNOWN * halfLifeMs ? known.ms : undefined
    },
  }
}
