import { afterEach, expect, test } from 'bun:test'
import type { Receipt } from '../canon/receipt.ts'
import { holdRequest, makeUser, openBench, receiptFor, receiptOf, temporaryFolder, usd } from './fixture.ts'
import { openLedger } from './ledger.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const open = async () => {
  const folder = temporaryFolder()
  cleanups.push(() => folder.remove())
  const settled: Receipt[] = []
  const onSettled = (receipt: Receipt): void => void settled.push(receipt)
  const bench = await openBench(`${folder.path}/test.db`, { onSettled })
  cleanups.push(() => bench.close())
  return { ...bench, settled, onSettled, who: await makeUser(bench, 10_000n) }
}

test('each settled request is told of once, and only when it is on disk', async () => {
  const { ledger, store, settled, who } = await open()
  for (const id of ['req_1', 'req_2']) await ledger.hold(holdRequest(who, id, 4_000n))
  ledger.settle('req_1', usd(700n), receiptFor(who, 'req_1'))
  ledger.settle('req_1', usd(900n), receiptFor(who, 'req_1'))
  ledger.release('req_2', receiptOf(who, 'req_2', { ended: 'failed' }))
  ledger.release('req_2', receiptOf(who, 'req_2', { ended: 'failed' }))
  expect(settled).toEqual([])
  await ledger.flush()
  expect(settled.map(({ requestId, cost, ended }) => [requestId, cost, ended])).toEqual([
    ['req_1', usd(700n), 'whole'],
    ['req_2', usd(0n), 'failed'],
  ])
  for (const receipt of settled) expect(await store.receipts.find(receipt.requestId)).toEqual(receipt)
})

test('what is told is what was charged, however the receipt was made', async () => {
  const { ledger, settled, who } = await open()
  await ledger.hold(holdRequest(who, 'req_1', 4_000n))
  ledger.settle('req_1', usd(12_345n), () => receiptOf(who, 'req_1', { cost: usd(1n), uncollected: usd(2n) }))
  await ledger.flush()
  expect(settled).toMatchObject([{ cost: 10_000n, uncollected: 2_345n }])
})

test('a request whose process died is told of by whoever gives its hold back', async () => {
  const { ledger, database, settled, onSettled, who } = await open()
  await ledger.hold(holdRequest(who, 'req_orphan', 4_000n, { expiresAtMs: 5_000 }))
  await ledger.flush()
  const next = openLedger(database, { onSettled })
  await next.sweep(9_000)
  await next.flush()
  expect(settled).toMatchObject([{ requestId: 'req_orphan', ended: 'abandoned', cost: 0n }])
})
