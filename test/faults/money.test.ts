import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Gateway } from '../harness/gateway.ts'
import { type Replayed, startReplayed } from '../harness/replayed.ts'
import { ask, fixture, until } from './formats.ts'

const unary = fixture('own-openai-chat-text')
const streamed = fixture('own-openai-chat-stream-usage-asked')
const dataFolder = mkdtempSync(join(tmpdir(), 'tollgate-money-'))

let stage: Replayed
let gateway: Gateway

beforeAll(async () => {
  stage = await startReplayed([unary, streamed], { dataFolder, config: { billing: { hold_timeout: '3s' } } })
  gateway = stage.gateway
})
afterAll(async () => {
  await gateway.stop()
  await stage.replay.stop()
  rmSync(dataFolder, { recursive: true, force: true })
})

const nano = (usd: string): bigint => BigInt(usd.replace('.', ''))
const usd = (amount: bigint): string => `${amount / 1_000_000_000n}.${String(amount % 1_000_000_000n).padStart(9, '0')}`

const costs = async (userId: string): Promise<bigint> =>
  (await gateway.requests({ user_id: userId })).reduce((sum, { cost_usd }) => sum + nano(cost_usd), 0n)

describe('money', () => {
  test('for fifty requests lets exactly fifty of two hundred through at once', async () => {
    const prober = await gateway.createCustomer('1')
    const probe = await ask(gateway.url, unary, prober.key)
    await probe.text()
    const { quote_usd } = await gateway.receipt(probe.headers.get('x-request-id') ?? '', prober.key)
    const credit = nano(quote_usd) * 50n
    const customer = await gateway.createCustomer(usd(credit))

    const refused = Promise.withResolvers<void>()
    let refusals = 0
    stage.replay.control({ released: refused.promise }, unary.id)
    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const answer = await ask(gateway.url, unary, customer.key)
        if (answer.status !== 200 && ++refusals === 150) refused.resolve()
        return { status: answer.status, text: await answer.text() }
      }),
    )
    stage.replay.control(undefined, unary.id)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50)
    const poor = answers.filter(({ status }) => status === 402)
    expect(poor).toHaveLength(150)
    expect(JSON.parse(poor[0]?.text ?? '')).toMatchObject({
      error: { type: 'insufficient_quota', code: 'insufficient_balance' },
    })
    const balance = await gateway.balance(customer.userId)
    expect(nano(balance.posted_usd)).toBe(credit - (await costs(customer.userId)))
    expect(balance.held_usd).toBe('0.000000000')
    expect(await gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
  }, 60_000)

  test('survives kill -9 in the middle of a hundred streams: every one is charged or abandoned, and nothing stays held', async () => {
    const customer = await gateway.createCustomer('10000')
    stage.replay.forget()
    stage.replay.control({ pieceBytes: 60, betweenPiecesMs: 20 }, streamed.id)
    const streams = Array.from({ length: 100 }, async () => {
      const answer = await ask(gateway.url, streamed, customer.key)
      return (await answer.text()).length
    })
    const settled = Promise.allSettled(streams)
    await until(
      'a hundred streams',
      () => stage.replay.requests().filter(({ sentBytes }) => sentBytes > 400).length === 100,
    )
    await gateway.kill9()
    await settled
    stage.replay.control(undefined, streamed.id)

    gateway = await stage.again()
    const held = await gateway.ledgerCheck()
    expect(held).toMatchObject({ ok: true })
    await until('nothing held', async () => (await gateway.ledgerCheck()).open_holds === 0)
    expect(await gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
    const receipts = await gateway.requests({ user_id: customer.userId })
    expect(receipts).toHaveLength(100)
    expect(receipts.filter(({ ended }) => !['whole', 'abandoned'].includes(ended))).toEqual([])
    const balance = await gateway.balance(customer.userId)
    expect(nano(balance.posted_usd)).toBe(10_000_000_000_000n - (await costs(customer.userId)))
    expect(balance.held_usd).toBe('0.000000000')
  }, 90_000)
})
