import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { BalanceJson, ReceiptJson } from '../harness/admin.ts'
import { until } from '../harness/server-process.ts'
import { STORAGE } from '../harness/storage.ts'
import { ask, drive, type Evidence } from './drive.ts'
import { KINDS, type Kind } from './points.ts'
import { type Row, rowsOf } from './rows.ts'
import { COST } from './script.ts'
import { openWorld, type World } from './world.ts'

/** For some forty processes one after the other, on a machine that is busy. */
const ALL_MS = 600_000
const CREDIT = 1_000_000_000n

const nano = (usd: string): bigint => BigInt(usd.replace('.', ''))

/** What is to be seen of a row when nothing is held any more and everything is counted. */
interface Left extends Evidence {
  readonly receipts: readonly ReceiptJson[]
  readonly balance: BalanceJson
  readonly counted: { readonly requests: number; readonly failed: number; readonly cost_usd: string } | undefined
}

/** Kills the process once for each row, on one storage, and lets those who live clean up. */
const driveAll = async (world: World, rows: readonly Row[]): Promise<readonly Left[]> => {
  const evidence: Evidence[] = []
  for (const row of rows) evidence.push(await drive(world, row))
  const witness = world.witness()
  await until('nothing is held', async () => (await witness.ledgerCheck()).open_holds === 0)
  const receipts = await witness.requests({})
  const counters = await untilCounted(world, receipts.length)
  return Promise.all(
    evidence.map(async (seen) => ({
      ...seen,
      receipts: await witness.requests({ user_id: seen.customer.userId }),
      balance: await witness.balance(seen.customer.userId),
      counted: counters.find(({ user_id }) => user_id === seen.customer.userId),
    })),
  )
}

type Counters = readonly (NonNullable<Left['counted']> & { readonly user_id: string })[]

const untilCounted = async (world: World, receipts: number): Promise<Counters> => {
  let counters: Counters = []
  await until('every receipt is counted', async () => {
    const answer = await world.witness().call('GET', '/api/admin/usage?group_by=user_id')
    counters = (answer.body as { data: Counters }).data
    return counters.reduce((sum, { requests }) => sum + requests, 0) >= receipts
  })
  return counters
}

const worlds: World[] = []
const left: Partial<Record<Kind, readonly Left[]>> = {}

beforeAll(async () => {
  await Promise.all(
    KINDS.map(async (kind) => {
      const world = await openWorld()
      worlds.push(world)
      left[kind] = await driveAll(world, rowsOf(kind, STORAGE))
    }),
  )
}, ALL_MS)
afterAll(async () => {
  for (const world of worlds) await world.stop()
}, ALL_MS)

const leftOf = ({ kind, point }: Row): Left => {
  const found = left[kind]?.find(({ row }) => row.point === point)
  if (!found) throw new Error(`nothing is known of ${kind} at ${point.name}`)
  return found
}

describe.each([...KINDS])('a process killed in a request (%s)', (kind) => {
  test.each(rowsOf(kind, STORAGE).map((row) => [row.point.name, row] as const))('at %s', (_name, row) => {
    const { fault, client, timesAsked, isSound, receipts, balance, counted } = leftOf(row)
    const { outcome } = row
    expect(fault).toBeUndefined()
    expect(isSound).toBe(true)
    expect(client).toBe(outcome.client)
    expect(timesAsked).toBe(outcome.provider === 'nothing' ? 0 : 1)
    // The last of them is the one that was served before.
    expect(receipts.map(({ ended }) => ended)).toEqual(
      outcome.receipt === 'none' ? ['whole'] : [outcome.receipt, 'whole'],
    )
    const charges = outcome.receipt === 'whole' ? 2n : 1n
    const costs = receipts.map(({ cost_usd }) => nano(cost_usd))
    expect(costs.filter((cost) => cost !== 0n)).toEqual(Array(Number(charges)).fill(COST))
    expect(nano(balance.posted_usd)).toBe(CREDIT - charges * COST)
    expect(nano(balance.held_usd)).toBe(0n)
    expect(counted?.requests).toBe(receipts.length)
    expect(counted?.failed).toBe(receipts.filter(({ ended }) => ended === 'abandoned').length)
    expect(nano(counted?.cost_usd ?? '0')).toBe(charges * COST)
  })
})

test('after all of that the books are sound, and the process serves', async () => {
  expect(worlds).toHaveLength(KINDS.length)
  for (const world of worlds) {
    expect(await world.witness().ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
    const customer = await world.witness().createCustomer('1')
    const client = ask(world, customer, 'stream', undefined)
    await client.over
    expect(client.has()).toBe('all of it')
  }
})
