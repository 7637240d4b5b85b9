import { expect } from 'bun:test'
import type { Receipt } from '../canon/receipt.ts'
import { holdRequest, makeUser, receiptFor, receiptOf, usd } from './fixture.ts'
import { onEachDatabase, type OpenBench, type OpenOptions } from '../../test/harness/ledgers.ts'

const openNoting = async (open: (options: OpenOptions) => Promise<OpenBench>) => {
  const settled: Receipt[] = []
  const bench = await open({ onSettled: (receipt) => void settled.push(receipt) })
  return { ...bench, settled, who: await makeUser(bench, 10_000n) }
}

onEachDatabase('each settled request is told of once, and only when it is on disk', async (open) => {
  const { ledger, store, settled, who } = await openNoting(open)
  for (const id of ['req_1', 'req_2']) await ledger.hold(holdRequest(who, id, 4_000n))
  await ledger.settle('req_1', usd(700n), receiptFor(who, 'req_1'))
  await ledger.settle('req_1', usd(900n), receiptFor(who, 'req_1'))
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

onEachDatabase('what is told is what was charged, however the receipt was made', async (open) => {
  const { ledger, settled, who } = await openNoting(open)
  await ledger.hold(holdRequest(who, 'req_1', 4_000n))
  await ledger.settle('req_1', usd(12_345n), () => receiptOf(who, 'req_1', { cost: usd(1n), uncollected: usd(2n) }))
  await ledger.flush()
  expect(settled).toMatchObject([{ cost: 10_000n, uncollected: 2_345n }])
})

onEachDatabase('a request whose process died is told of by whoever gives its hold back', async (open) => {
  const { ledger, reopen, settled, who } = await openNoting(open)
  await ledger.hold(holdRequest(who, 'req_orphan', 4_000n, { expiresAtMs: 5_000 }))
  await ledger.flush()
  const next = reopen()
  await next.sweep(9_000)
  await next.flush()
  expect(settled).toMatchObject([{ requestId: 'req_orphan', ended: 'abandoned', cost: 0n }])
})
