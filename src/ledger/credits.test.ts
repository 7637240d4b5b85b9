import { expect } from 'bun:test'
import { openStore } from '../db/store.ts'
import { holdRequest, makeUser, usd } from './fixture.ts'
import { onEachDatabase } from '../../test/harness/ledgers.ts'
import type { CreditRequest } from './types.ts'

interface Row {
  readonly does: string
  readonly key: string
  readonly amount?: bigint
  readonly reason?: string
  readonly user?: 'other' | 'nobody'
  readonly answer: readonly [posted: bigint, held: bigint, available: bigint] | string
}

/** One after the other, each on what the one before left behind, starting from 4 nano-dollars, all of them held. */
const ROWS: readonly Row[] = [
  { does: 'a credit is added', key: 'a', amount: 100n, answer: [104n, 4n, 100n] },
  { does: 'the same again gives the same answer', key: 'a', amount: 100n, answer: [104n, 4n, 100n] },
  { does: 'a second credit is added to the first', key: 'b', amount: 50n, answer: [154n, 4n, 150n] },
  { does: 'the first, again, still gives its first answer', key: 'a', amount: 100n, answer: [104n, 4n, 100n] },
  { does: 'another amount under a used key conflicts', key: 'a', amount: 101n, answer: 'conflict' },
  { does: 'another reason under a used key conflicts', key: 'a', amount: 100n, reason: 'else', answer: 'conflict' },
  { does: 'another user under a used key conflicts', key: 'a', amount: 100n, user: 'other', answer: 'conflict' },
  { does: 'a correction is taken', key: 'c', amount: -46n, answer: [108n, 4n, 104n] },
  { does: 'a correction cannot take what is held', key: 'd', amount: -105n, answer: 'insufficient-balance' },
  { does: 'a refused correction leaves its key free', key: 'd', amount: -104n, answer: [4n, 4n, 0n] },
  { does: 'a credit of nothing is a mistake', key: 'e', amount: 0n, answer: 'invalid-request' },
  { does: 'an absurd credit is a mistake', key: 'e', amount: 10n ** 20n, answer: 'invalid-request' },
  { does: 'an empty key is a mistake', key: '', amount: 1n, answer: 'invalid-request' },
  {
    does: 'an endless reason is a mistake',
    key: 'e',
    amount: 1n,
    reason: 'x'.repeat(1_001),
    answer: 'invalid-request',
  },
  { does: 'an unknown user is not found', key: 'e', amount: 1n, user: 'nobody', answer: 'not-found' },
  { does: 'a key refused for an unknown user stays free', key: 'e', amount: 1n, answer: [5n, 4n, 1n] },
]

const requestOf = (
  { key, amount = 0n, reason = 'top-up', user }: Row,
  users: Record<string, string>,
): CreditRequest => ({
  userId: users[user ?? 'own'] ?? 'user_nobody',
  amount: usd(amount),
  reason,
  idempotencyKey: key,
})

onEachDatabase('credits and corrections, row by row', async (open) => {
  const bench = await open()
  const { userId, keyId } = await makeUser(bench, 0n)
  const users = { own: userId, other: (await makeUser(bench, 0n)).userId }
  await bench.ledger.credit({ userId, amount: usd(4n), reason: 'to hold', idempotencyKey: 'start' })
  await bench.ledger.hold(holdRequest({ userId, keyId }, 'req_1', 4n))
  for (const row of ROWS) {
    const answer = await bench.ledger.credit(requestOf(row, users))
    const told = answer.ok
      ? [answer.value.posted, answer.value.held, answer.value.available].map(BigInt)
      : answer.error.kind
    expect([row.does, told]).toEqual([row.does, typeof row.answer === 'string' ? row.answer : [...row.answer]])
  }
  expect(await bench.ledger.check()).toMatchObject({ ok: true })
})

onEachDatabase('the same credit sent twenty times at once is posted once, and all get one answer', async (open) => {
  const bench = await open()
  const who = await makeUser(bench, 0n)
  const request = { userId: who.userId, amount: usd(10n), reason: 'top-up', idempotencyKey: 'at-once' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => bench.ledger.credit(request)))
  for (const answer of answers) {
    expect(answer).toEqual({ ok: true, value: { posted: usd(10n), held: usd(0n), available: usd(10n) } })
  }
  expect(await bench.ledger.balance(who.userId)).toMatchObject({ ok: true, value: { posted: 10n } })
})

onEachDatabase('credits for one account sent at once are all counted', async (open) => {
  const bench = await open()
  const who = await makeUser(bench, 0n)
  const amounts = Array.from({ length: 40 }, (_, index) => BigInt(index + 1))
  const requests = amounts.map((amount) => ({
    userId: who.userId,
    amount: usd(amount),
    reason: 'x',
    idempotencyKey: `many-${amount}`,
  }))
  const answers = await Promise.all(requests.map((request) => bench.ledger.credit(request)))
  expect(answers.every(({ ok }) => ok)).toBe(true)
  expect(await bench.ledger.balance(who.userId)).toMatchObject({ ok: true, value: { posted: 820n } })
  expect(await bench.ledger.check()).toMatchObject({ ok: true })
})

onEachDatabase('what a credit promised is what a ledger opened afresh finds', async (open) => {
  const bench = await open()
  const who = await makeUser(bench, 0n)
  await bench.ledger.credit({ userId: who.userId, amount: usd(10n ** 17n), reason: 'x', idempotencyKey: 'large' })
  const fresh = bench.reopen()
  const repeated = await fresh.credit({
    userId: who.userId,
    amount: usd(10n ** 17n),
    reason: 'x',
    idempotencyKey: 'large',
  })
  expect(repeated).toMatchObject({ ok: true, value: { posted: 10n ** 17n } })
  expect(await fresh.balance(who.userId)).toMatchObject({ ok: true, value: { posted: 10n ** 17n } })
})

onEachDatabase('accounts whose sum is more than 64 bits hold are shown and proven like all others', async (open) => {
  const bench = await open()
  const four = 4_000_000_000_000_000_000n
  for (const name of ['a', 'b', 'c']) {
    const { userId } = await makeUser(bench, 0n)
    for (let part = 0; part < 40; part += 1) {
      const request = { userId, amount: usd(four / 40n), reason: 'top-up', idempotencyKey: `${name}${part}` }
      expect((await bench.ledger.credit(request)).ok).toBe(true)
    }
  }
  expect(await bench.ledger.check()).toMatchObject({ ok: true, faults: [], sum: 0n })
  const house = await openStore(bench.database).balances.house()
  const of = (name: string) => house.find(({ account }) => account === name)?.balance
  expect([of('customers'), of('platform:funding')]).toEqual([usd(3n * four), usd(-3n * four)])
  // What is wrong with so much is named.
  await bench.database.run([
    { sql: "UPDATE accounts SET posted_nano = posted_nano - 1 WHERE kind = 'user'", parameters: [] },
  ])
  const { faults } = await bench.ledger.check()
  expect(faults).toHaveLength(3)
  expect(faults[0]).toContain('shows 3999999999.999999999 USD and its postings sum to 4000000000.000000000 USD')
})
