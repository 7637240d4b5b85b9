import { describe, expect, test } from 'bun:test'
import { nanoUsd } from '../units.ts'
import { type Condition, readCondition, writeCondition } from './conditions.ts'
import { evaluate, type Sight } from './evaluate.ts'

/** 2026-11-21T12:00:00Z. */
const NOON_MS = Date.UTC(2026, 10, 21, 12)

/** All is well, but for what is said. */
const sight = (more: Partial<Sight> = {}): Sight => ({
  pauses: async () => [],
  unhealthy: () => [],
  outcomes: async () => ({ requests: 0, broken: 0 }),
  available: async () => undefined,
  spent: async () => ({ charged: 0n, providerCost: 0n }),
  ledgerFaults: async () => [],
  ...more,
})

const RATE: Condition = { kind: 'error_rate', percent: 10, windowMs: 600_000, requestsMin: 20 }
const outcomes = (requests: number, broken: number) => sight({ outcomes: async () => ({ requests, broken }) })

describe('a rule', () => {
  test.each([
    ['no requests', 0, 0, 0],
    ['too few of them', 19, 19, 0],
    ['a smaller share', 1_000, 99, 0],
    ['the very share', 1_000, 100, 1],
    ['all of them', 20, 20, 1],
  ])('of failures finds, with %s, what it says', async (_, requests, broken, found) => {
    expect(await evaluate(RATE, outcomes(requests, broken), NOON_MS)).toHaveLength(found)
  })

  test('of failures looks at its window, its provider and its model', async () => {
    const asked: unknown[] = []
    const looking = sight({
      outcomes: async (filter) => {
        asked.push(filter)
        return { requests: 40, broken: 40 }
      },
    })
    const found = await evaluate({ ...RATE, provider: 'p', model: 'm' }, looking, NOON_MS)
    expect(asked).toEqual([{ sinceMs: NOON_MS - 600_000, provider: 'p', model: 'm' }])
    expect(found).toEqual([
      {
        subject: 'p',
        summary: '40 of 40 requests of provider p, model m failed in the last 10 minutes: 100.0 %.',
        ...{ value: '100.0', threshold: '10' },
      },
    ])
  })

  test.each([
    ['more', 2n, 0],
    ['as much', 1n, 0],
    ['less', 0n, 1],
    ['nobody', undefined, 0],
  ])('of a balance finds, with %s, what it says', async (_, available, found) => {
    const looking = sight({ available: async () => (available === undefined ? undefined : nanoUsd(available)) })
    const condition: Condition = { kind: 'balance_low', userId: 'user_1', amount: nanoUsd(1n) }
    expect(await evaluate(condition, looking, NOON_MS)).toHaveLength(found)
  })

  test.each([
    ['charged', 1n, 9n, 0],
    ['charged', 2n, 0n, 1],
    ['provider_cost', 9n, 1n, 0],
    ['provider_cost', 0n, 2n, 1],
  ] as const)('of what is %s finds %d and %d of one what it says', async (of, charged, providerCost, found) => {
    const condition: Condition = { kind: 'spend_above', of, amount: nanoUsd(1n) }
    const looking = sight({ spent: async () => ({ charged, providerCost }) })
    expect(await evaluate(condition, looking, NOON_MS)).toHaveLength(found)
  })

  test('of spending looks at the day in UTC', async () => {
    const asked: unknown[] = []
    const looking = sight({
      spent: async (filter) => {
        asked.push(filter)
        return { charged: 0n, providerCost: 0n }
      },
    })
    await evaluate({ kind: 'spend_above', of: 'charged', amount: nanoUsd(1n), userId: 'user_1' }, looking, NOON_MS)
    expect(asked).toMatchObject([{ since: '2026-11-21', until: '2026-11-21', userId: 'user_1' }])
  })

  test('of a provider finds each that is meant', async () => {
    const pause = { atMs: 0, by: 'admin_key', reason: null }
    const looking = sight({
      pauses: async () => ['a', 'b'].map((providerId) => ({ providerId, ...pause })),
      unhealthy: () => [{ provider: 'c', reason: 'every key is left alone (key-refused)' }],
    })
    const subjects = async (condition: Condition) =>
      (await evaluate(condition, looking, NOON_MS)).map(({ subject }) => subject)
    expect(await subjects({ kind: 'provider_paused' })).toEqual(['a', 'b'])
    expect(await subjects({ kind: 'provider_paused', provider: 'b' })).toEqual(['b'])
    expect(await subjects({ kind: 'provider_unhealthy' })).toEqual(['c'])
    expect(await subjects({ kind: 'provider_unhealthy', provider: 'a' })).toEqual([])
  })

  test('of the books names some of what does not add up', async () => {
    const looking = sight({ ledgerFaults: async () => ['one', 'two', 'three', 'four'] })
    expect(await evaluate({ kind: 'ledger_fault' }, looking, NOON_MS)).toEqual([
      { subject: '', summary: 'The books do not add up: one; two; three.', value: '4', threshold: '0' },
    ])
    expect(await evaluate({ kind: 'ledger_fault' }, sight(), NOON_MS)).toEqual([])
  })

  test.each<Condition>([
    RATE,
    { kind: 'provider_paused', provider: 'p' },
    { kind: 'balance_low', userId: 'user_1', amount: nanoUsd(9_007_199_254_740_993n) },
    { kind: 'spend_above', of: 'provider_cost', amount: nanoUsd(1n), model: 'm' },
    { kind: 'ledger_fault' },
  ])('is read as it was written: $kind', (condition) => {
    expect(readCondition(condition.kind, writeCondition(condition))).toEqual(condition)
  })

  test('of a kind that is not known here is passed over', () => {
    expect(readCondition('weather', '{}')).toBeUndefined()
  })
})
