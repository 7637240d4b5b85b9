import { expect, test } from 'bun:test'
import type { Observation } from '../canon/protocol.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { unbilledUsage } from './provider-usage.ts'
import { observed, usageOf } from './test-parts.ts'

const TOLD = usageOf(30, 20)
type Try = readonly [status: number, error: string | null]

const rows: readonly (readonly [string, Partial<Observation> | undefined, readonly Try[], Usage | null])[] = [
  ['what it told is known, however it ended', { usage: TOLD, error: 'x' }, [[200, null]], TOLD],
  ['an answer that told nothing', { contentSeen: true }, [[200, null]], null],
  ['an answer that was never read', undefined, [[200, null]], null],
  ['an error instead of an answer, in a status of success', { error: 'overloaded' }, [[200, null]], NO_USAGE],
  ['an error after content', { error: 'overloaded', contentSeen: true }, [[200, null]], null],
  ['a refusal', undefined, [[429, 'status 429']], NO_USAGE],
  ['a refusal in its stream', undefined, [[529, 'status 529 in its stream']], NO_USAGE],
  ['no connection', undefined, [[0, 'connect']], NO_USAGE],
  ['no connection in time', undefined, [[0, 'timeout-connect']], NO_USAGE],
  ['no token to ask with', undefined, [[0, 'no-token']], NO_USAGE],
  ['no answer in time', undefined, [[0, 'timeout-first-byte']], null],
  ['a connection that broke', undefined, [[0, 'reset']], null],
  ['a client that left', undefined, [[0, 'aborted']], null],
  [
    'no connection, then a refusal',
    undefined,
    [
      [0, 'connect'],
      [503, 'status 503'],
    ],
    NO_USAGE,
  ],
  [
    'no answer in time, then a refusal',
    undefined,
    [
      [0, 'timeout-first-byte'],
      [503, 'status 503'],
    ],
    null,
  ],
  [
    'nobody who could be asked',
    undefined,
    [
      [0, 'untranslatable'],
      [0, 'key-busy'],
    ],
    NO_USAGE,
  ],
]
test.each(rows)('what a provider used is known, or known not to be: %s', (_what, seen, tries, used) => {
  const attempts = tries.map(([status, error]) => ({ channel: 'a', status, error, ms: 1 }))
  expect(unbilledUsage(seen && observed(seen), attempts, true)).toEqual(used)
})

test('a request that was sent and of which no try is noted yet may have used anything; one that was not sent, nothing', () => {
  expect(unbilledUsage(undefined, [], true)).toBeNull()
  expect(unbilledUsage(undefined, [], false)).toEqual(NO_USAGE)
})
