import { expect, test } from 'bun:test'
import type { Admission, Measure } from '../limits/types.ts'
import { limitReached } from './count.ts'

const refusedBy = (measure: Measure, windowWaitMs: number, placeWaitMs = 0): Admission => ({
  granted: false,
  refusedBy: { subject: 'key:1', measure, limit: 4 },
  retryAfterMs: Math.max(windowWaitMs, placeWaitMs),
  windowWaitMs,
  placeWaitMs,
  requests: undefined,
  tokens: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  counted: undefined,
})

const rows: readonly (readonly [string, Admission, string, number, string])[] = [
  ['requests', refusedBy('requests', 30_500), 'rate-limit-exceeded', 30_500, 'Try again in 31 s.'],
  ['tokens', refusedBy('tokens', 10), 'rate-limit-exceeded', 10, 'Try again in 1 s.'],
  // Nobody knows when one of them ends; to wait until it must have would be hours.
  ['requests at once', refusedBy('concurrency', 0, 3_600_000), 'rate-limit-exceeded', 2_000, 'Try again in 2 s.'],
  ['a place that runs out sooner', refusedBy('concurrency', 0, 700), 'rate-limit-exceeded', 700, 'Try again in 1 s.'],
  [
    'a window and a place',
    refusedBy('requests', 30_500, 3_600_000),
    'rate-limit-exceeded',
    30_500,
    'requests a minute',
  ],
  [
    'a window that has room before a place may',
    refusedBy('tokens', 300, 600_000),
    'rate-limit-exceeded',
    2_000,
    '2 s.',
  ],
  ['nobody who could be asked', { ...refusedBy('requests', 900), refusedBy: 'outage' }, 'overloaded', 900, '1 s.'],
]
test.each(rows)('a refusal by %s names the wait', (_title, admission, kind, retryAfterMs, words) => {
  const error = limitReached(admission)
  expect(error).toMatchObject({ kind, retryAfterMs })
  expect(error.message).toContain(words)
})
