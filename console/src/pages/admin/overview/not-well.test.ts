import { expect, test } from 'bun:test'
import { notWellOf } from './not-well.ts'

const SPEND = { day_usd: '0', day_stop_usd: null, month_usd: '0', month_stop_usd: null }
const READY = { standing: 'ready', block: null, recent: { outcomes: 0, failures: 0 } } as const
const BLOCK = { kind: 'refused', reason: 'invalid-key', since: '2026-11-21T00:00:00Z', until: null } as const

const provider = (changes: object) => ({
  id: 'one',
  kind: 'openai',
  paused: false,
  paused_since: null,
  paused_by: null,
  pause_reason: null,
  spend: SPEND,
  keys: [],
  channels: [],
  ...changes,
})

test('a provider that is asked in every way is well', () => {
  const key = { id: '1', last4: null, weight: 1, subject: 'key:one/1', ...READY, models: [], spend: SPEND }
  expect(notWellOf([provider({ keys: [key] })])).toEqual([])
})

test('a key that is left alone makes its provider not well, with why', () => {
  const key = { id: '1', last4: 'abcd', weight: 1, subject: 'key:one/1', ...READY, models: [], spend: SPEND }
  const [found] = notWellOf([provider({ keys: [{ ...key, standing: 'blocked', block: BLOCK }] })])
  expect(found?.troubles).toEqual([
    {
      subject: 'key:one/1',
      what: 'key',
      name: '1 (…abcd)',
      kind: 'refused',
      reason: 'invalid-key',
      since: BLOCK.since,
    },
  ])
})

test('a provider at its spend stop is told from one that somebody paused', () => {
  const kinds = notWellOf([provider({ paused: true, paused_by: 'spend-stop' }), provider({ paused: true })])
  expect(kinds.map(({ troubles }) => troubles[0]?.kind)).toEqual(['spend-stop', 'paused'])
})
