/// Run by crash.test.ts as a process of its own, to be killed: `bun crash-writer.ts <database> <round>`.
import { writeSync } from 'node:fs'
import { holdRequest, openBench, receiptFor, usd } from './fixture.ts'

const [path = '', round = '', userId = '', keyId = ''] = process.argv.slice(2)
const who = { userId, keyId }
const { ledger } = await openBench(path)

/** Far from reached: what counts is that they are counted. */
const BUDGETS = [
  { subject: `key:${keyId}`, window: 'month', limit: usd(1_000_000_000_000n) },
  { subject: 'project:crash', window: 'total', limit: usd(1_000_000_000_000n) },
] as const

/** Said once it is on disk. Written at once, so that a kill cannot swallow it. */
const say = (...words: readonly unknown[]): void => {
  writeSync(1, `${words.join(' ')}\n`)
}

const work = async (lane: number): Promise<void> => {
  for (let index = 0; ; index++) {
    const id = `req_${round}_${lane}_${index}`
    const hold = await ledger.hold(
      holdRequest(who, id, 1_000n, { expiresAtMs: 1, budgets: index % 2 === 0 ? BUDGETS : [] }),
    )
    if (!hold.ok || !(await hold.value.durable).ok) throw new Error('refused')
    say('held', id)
    if (index % 3 === 2) continue
    const cost = BigInt((index * 37) % 1_500)
    const { charged } = await ledger.settle(id, usd(cost), receiptFor(who, id))
    if (index % 4 !== 0) continue
    await ledger.flush()
    say('settled', id, charged)
    if (lane === 0) {
      const credit = { userId, amount: usd(5_000n), reason: 'x', idempotencyKey: `credit-${id}` }
      if ((await ledger.credit(credit)).ok) say('credited', `credit-${id}`)
    }
  }
}

await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(work))
