import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { PLATFORM_FUNDING, PLATFORM_REVENUE } from '../db/account-ids.ts'
import { nanoUsd } from '../units.ts'
import { orderPostings } from './orders.ts'
import { balanced, chargePostings } from './postings.ts'

test('a charge moves money from the user to revenue, an order from whoever loses by it', () => {
  expect(chargePostings('user:a', nanoUsd(7n))).toEqual([
    { accountId: 'user:a', amount: nanoUsd(-7n) },
    { accountId: PLATFORM_REVENUE, amount: nanoUsd(7n) },
  ])
  expect(orderPostings('user:a', PLATFORM_FUNDING, -7n)).toEqual([
    { accountId: 'user:a', amount: nanoUsd(-7n) },
    { accountId: PLATFORM_FUNDING, amount: nanoUsd(7n) },
  ])
  expect(orderPostings('user:a', PLATFORM_FUNDING, 7n)).toEqual([
    { accountId: PLATFORM_FUNDING, amount: nanoUsd(-7n) },
    { accountId: 'user:a', amount: nanoUsd(7n) },
  ])
})

test('postings sum to zero whatever the amount', () => {
  const sumsToZero = fc.property(fc.bigInt({ min: 1n, max: 2n ** 62n }), (amount) => {
    const all = [chargePostings('user:a', nanoUsd(amount)), orderPostings('user:a', PLATFORM_FUNDING, -amount)]
    for (const [one, other] of all) {
      expect(one.amount + other.amount).toBe(0n)
    }
  })
  fc.assert(sumsToZero, { seed: 20_261_121 })
})

test.each([
  ['a charge of nothing', () => chargePostings('user:a', nanoUsd(0n))],
  ['a negative charge', () => chargePostings('user:a', nanoUsd(-1n))],
  ['money made of nothing', () => balanced([posting('user:a', 1n), posting('user:b', 1n)])],
  ['money moved to where it was', () => balanced([posting('user:a', 1n), posting('user:a', -1n)])],
])('%s is refused', (_, build) => {
  expect(build).toThrow(RangeError)
})

const posting = (accountId: string, amount: bigint) => ({ accountId, amount: nanoUsd(amount) })
