import { expect, test } from 'bun:test'
import { onEachDatabase } from '../../test/harness/ledgers.ts'
import { type Budget, type BudgetWindow, lastingFirst } from './budgets.ts'
import { holdRequest, makeUser, receiptOf, usd } from './fixture.ts'

const at = (time: string): number => Date.parse(`2026-11-${time}:00Z`)
/** A Saturday: the day ends at midnight, its five hours at 13:00, its week on the 23rd, its month on the 1st. */
const NOON_MS = at('21T12:00')

const orders: readonly (readonly [string, number, readonly BudgetWindow[], readonly BudgetWindow[]])[] = [
  ['what never ends comes first', NOON_MS, ['5h', 'total', 'month'], ['total', 'month', '5h']],
  ['the later end comes first', NOON_MS, ['5h', 'day', 'week', 'month'], ['month', 'week', 'day', '5h']],
  ['a week may end after its month', at('30T12:00'), ['month', 'week'], ['week', 'month']],
  ['five hours may end after their day', at('21T23:30'), ['day', '5h'], ['5h', 'day']],
  ['one is one', NOON_MS, ['day'], ['day']],
]
test.each(orders)('budgets refuse in the order in which they last: %s', (_what, atMs, given, order) => {
  const budgets = given.map((window): Budget => ({ subject: 'key:1', window, limit: usd(1n) }))
  expect(lastingFirst(budgets, atMs).map(({ window }) => window)).toEqual([...order])
})
test('of two that end together the first stays the first', () => {
  const of = (subject: string): Budget => ({ subject, window: 'day', limit: usd(1n) })
  const [key, project] = [of('key:1'), of('project:1')]
  expect(lastingFirst([key, project], NOON_MS)).toEqual([key, project])
  expect(lastingFirst([project, key], NOON_MS)).toEqual([project, key])
})

type Rule = readonly [BudgetWindow, limit: bigint]
const refusals: readonly (readonly [string, readonly Rule[], words: string, waitMs: number | undefined])[] = [
  [
    'five hours and a month',
    [
      ['5h', 10n],
      ['month', 10n],
    ],
    'a month',
    Date.UTC(2026, 11, 1) - NOON_MS,
  ],
  [
    'a month and five hours',
    [
      ['month', 10n],
      ['5h', 10n],
    ],
    'a month',
    Date.UTC(2026, 11, 1) - NOON_MS,
  ],
  [
    'a day, a week',
    [
      ['day', 10n],
      ['week', 10n],
    ],
    'a week',
    Date.UTC(2026, 10, 23) - NOON_MS,
  ],
  [
    'five hours and all time',
    [
      ['5h', 10n],
      ['total', 10n],
    ],
    'in all',
    undefined,
  ],
  [
    'five hours, where a month has room',
    [
      ['month', 1_000n],
      ['5h', 10n],
    ],
    'for five hours',
    3_600_000,
  ],
]
for (const [what, rules, words, waitMs] of refusals) {
  onEachDatabase(`a refusal by several budgets names the one that lasts longest: ${what}`, async (open) => {
    const { ledger, store } = await open({ nowMs: () => NOON_MS })
    const who = await makeUser({ ledger, store }, 1_000_000n)
    const budgets = rules.map(([window, limit]) => ({ subject: `key:${who.keyId}`, window, limit: usd(limit) }))
    const heading = receiptOf(who, 'req_1', { atMs: NOON_MS })
    const refused = await ledger.hold(holdRequest(who, 'req_1', 11n, { budgets, atMs: NOON_MS, heading }))
    if (refused.ok) throw new Error('granted')
    expect(refused.error.kind).toBe('key-budget-exceeded')
    expect(refused.error.message).toContain(` ${words}. `)
    expect(refused.error.retryAfterMs).toBe(waitMs as number)
  })
}
