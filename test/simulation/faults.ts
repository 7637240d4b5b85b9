import type { Fault } from '../replay/fault.ts'
import type { Random } from '../workload/random.ts'

/** How a channel fares: the shares of its requests that go wrong in each way; the rest are answered. */
export interface Weather {
  readonly errors?: number
  readonly limits?: number
  readonly resets?: number
  /** Nothing comes, for ever. */
  readonly stalls?: number
  /** The answer begins, without any content, and then nothing comes. */
  readonly stallsBegun?: number
  /** The answer breaks off after some of its content: nobody can take that over. */
  readonly truncations?: number
  /** Answers that take this many times as long. */
  readonly slow?: { readonly share: number; readonly times: number }
}

export const HEALTHY: Weather = {}
/** Half of what it is asked fails, in every way there is before content. */
export const HALF_FAILING: Weather = { errors: 0.2, limits: 0.1, resets: 0.1, stalls: 0.05, stallsBegun: 0.05 }
export const DEAD: Weather = { errors: 1 }
export const SLOW_TAIL: Weather = { slow: { share: 0.05, times: 20 } }
export const TRUNCATING: Weather = { truncations: 0.05 }

/** The time to first token of a healthy vendor here: short, so that thousands of requests take seconds. */
const BASE_MS = 40
const SPREAD_MS = 40

const errorAnswer = (status: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  answer: {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ error: { message: 'simulated', type: 'simulated' } }),
  },
})

/** Draws what happens to each request of a channel. The same seed gives the same weather. */
export const weatherOf =
  (random: Random, weather: Weather): (() => Fault) =>
  () => {
    const healthy = { beforeHeadersMs: BASE_MS + random.next() * SPREAD_MS, pieceBytes: 400, betweenPiecesMs: 1 }
    let left = random.next()
    const falls = (share = 0): boolean => {
      left -= share
      return left < 0
    }
    if (falls(weather.errors)) return { ...errorAnswer(random.pick([500, 502, 503])), beforeHeadersMs: 5 }
    if (falls(weather.limits)) return { ...errorAnswer(429, { 'retry-after': '1' }), beforeHeadersMs: 5 }
    if (falls(weather.resets)) return { cut: { how: 'reset', after: 'before-headers' }, beforeHeadersMs: 10 }
    if (falls(weather.stalls)) return { cut: { how: 'stall', after: 'before-headers' } }
    if (falls(weather.stallsBegun)) return { ...healthy, cut: { how: 'stall', after: 10 } }
    if (falls(weather.truncations)) return { ...healthy, cut: { how: 'reset', after: 900 } }
    const { share = 0, times = 1 } = weather.slow ?? {}
    return falls(share) ? { ...healthy, beforeHeadersMs: BASE_MS * times } : healthy
  }
