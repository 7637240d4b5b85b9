import { expect } from 'bun:test'
import { onEachDatabase } from '../../test/harness/ledgers.ts'
import { holdRequest, makeUser, receiptFor, receiptOf, usd } from './fixture.ts'

const LATER_MS = 3_600_000

onEachDatabase('a hold that outlives its process is settled by another, once', async (open) => {
  const bench = await open()
  const who = await makeUser(bench, 10_000n)
  const held = await bench.ledger.hold(holdRequest(who, 'req_batch', 4_000n, { outlives: true }))
  expect(held.ok && (await held.value.durable).ok).toBe(true)
  const next = bench.reopen()
  expect(await next.resume('req_batch', who.keyId, Date.now() + LATER_MS)).toBe(true)
  expect(await next.settle('req_batch', usd(2_500n), receiptFor(who, 'req_batch'))).toMatchObject({ charged: 2_500n })
  await next.flush()
  expect(await next.balance(who.userId)).toMatchObject({ value: { posted: 7_500n, held: 0n } })
  // Whoever comes after finds nothing held, and the receipt.
  const third = bench.reopen()
  expect(await third.resume('req_batch', who.keyId, Date.now() + LATER_MS)).toBe(false)
  expect(await bench.store.receipts.find('req_batch')).toMatchObject({ cost: 2_500n })
  expect(await third.check()).toMatchObject({ ok: true, openHolds: 0 })
})

onEachDatabase('what was resumed is not swept, and what nobody resumed is', async (open) => {
  const bench = await open()
  const who = await makeUser(bench, 10_000n)
  for (const id of ['req_watched', 'req_forgotten'])
    await bench.ledger.hold(holdRequest(who, id, 1_000n, { outlives: true, expiresAtMs: Date.now() + 1_000 }))
  await bench.ledger.flush()
  const next = bench.reopen()
  await next.resume('req_watched', who.keyId, Date.now() + LATER_MS)
  expect(await next.sweep(Date.now() + 60_000)).toBe(1)
  await next.flush()
  expect(await bench.store.receipts.find('req_forgotten')).toMatchObject({ ended: 'abandoned' })
  expect(await bench.store.receipts.find('req_watched')).toBeUndefined()
  next.release('req_watched', receiptOf(who, 'req_watched', { ended: 'failed' }))
  await next.flush()
  expect(await next.check()).toMatchObject({ ok: true, openHolds: 0 })
})

onEachDatabase('nothing is resumed under an id that holds nothing', async (open) => {
  const { ledger } = await open()
  expect(await ledger.resume('req_none', 'key_none', Date.now() + LATER_MS)).toBe(false)
})

onEachDatabase('budgets count what was resumed as what was held', async (open) => {
  const bench = await open()
  const who = await makeUser(bench, 10_000n)
  const budgets = [{ subject: `key:${who.keyId}`, window: 'total', limit: usd(5_000n) }] as const
  await bench.ledger.hold(holdRequest(who, 'req_batch', 4_000n, { outlives: true, budgets }))
  await bench.ledger.flush()
  const next = bench.reopen()
  expect(await next.resume('req_batch', who.keyId, Date.now() + LATER_MS)).toBe(true)
  const over = holdRequest(who, 'req_other', 1_001n, { budgets })
  expect(await next.hold(over)).toMatchObject({ ok: false, error: { kind: 'key-budget-exceeded' } })
  await next.settle('req_batch', usd(3_000n), receiptFor(who, 'req_batch'))
  await next.flush()
  expect((await next.hold(holdRequest(who, 'req_third', 2_000n, { budgets }))).ok).toBe(true)
  expect(await next.check()).toMatchObject({ ok: true })
})
