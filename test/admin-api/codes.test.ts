import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'
import { called, calledWith, type Json, placeFor, STAGE_MS, startOn, startVendor, type Vendor } from './stage.ts'

interface Made {
  readonly data: readonly { readonly id: string; readonly code: string; readonly hint: string }[]
}

describe.each(DATABASES)('redemption codes, on %s', (kind) => {
  let vendor: Vendor
  let gateways: readonly Gateway[] = []
  let gateway: Gateway
  beforeAll(async () => {
    vendor = startVendor()
    const place = await placeFor(kind)
    // Only PostgreSQL is served by several.
    gateways = await Promise.all((kind === 'sqlite' ? [1] : [1, 2]).map(() => startOn(place, vendor)))
    const [first] = gateways
    if (!first) throw new Error('no gateway')
    gateway = first
  }, STAGE_MS)
  afterAll(async () => {
    await Promise.all(gateways.map((each) => each.stop()))
    vendor?.stop()
  }, STAGE_MS)

  const make = async (wanted: object): Promise<Made['data']> =>
    (await called<Made>(gateway, 201, 'POST', 'redemption-codes', wanted)).data
  const one = async (wanted: object = {}) => {
    const [made] = await make({ amount_usd: '5', ...wanted })
    if (!made) throw new Error('no code was made')
    return made
  }
  const newKey = async () => gateway.createCustomer('0', { scopes: ['receipts', 'account'] })
  const redeem = (key: string, code: string, at: Gateway = gateway) => calledWith(at, key, 'POST', 'redeem', { code })

  test('are shown once, and listed by how they begin and end', async () => {
    const made = await make({ amount_usd: '2.50', count: 3, prefix: 'spring', note: 'Spring campaign' })
    expect(made).toHaveLength(3)
    const codes = made.map(({ code }) => code)
    expect(new Set(codes).size).toBe(3)
    const [first] = made
    expect(first).toMatchObject({
      code: expect.stringMatching(/^SPRING(-[0-9A-HJKMNP-TV-Z]{4}){4}$/),
      hint: expect.stringMatching(/^SPRING-…-.{4}$/),
      amount_usd: '2.500000000',
      ...{ uses: 0, uses_max: 1, state: 'open', note: 'Spring campaign', created_by: 'admin_key', expires_at: null },
    })
    const listed = await called(gateway, 200, 'GET', 'redemption-codes?q=SPRING%20camp&limit=2')
    expect(listed['data']).toHaveLength(2)
    expect(listed['next_cursor']).toEqual(expect.any(String))
    for (const code of codes) expect(JSON.stringify(listed)).not.toContain(code)
    expect((await called(gateway, 200, 'GET', 'redemption-codes?q=100%25'))['data']).toEqual([])
  })

  test('credit the account once, whatever the case and the dashes, and say who had them', async () => {
    const { id, code } = await one({ uses_max: 2 })
    const { key, userId } = await newKey()
    const written = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')
    expect(await redeem(key, written)).toMatchObject({
      status: 201,
      body: { redeemed_usd: '5.000000000', posted_usd: '5.000000000', available_usd: '5.000000000' },
    })
    expect(await redeem(key, code)).toMatchObject({ status: 409, body: { error: { param: 'code' } } })
    expect(await gateway.balance(userId)).toMatchObject({ posted_usd: '5.000000000' })
    const had = await called(gateway, 200, 'GET', `redemption-codes/${id}/redemptions`)
    expect(had['data']).toMatchObject([{ user_id: userId, email: expect.any(String), credited_at: expect.any(String) }])
    expect((await called<{ data: Json[] }>(gateway, 200, 'GET', `redemption-codes?q=${id}`)).data).toMatchObject([
      { uses: 1, uses_max: 2, state: 'open' },
    ])
    const { accounts } = await called<{ accounts: { account: string; balance_usd: string }[] }>(
      ...([gateway, 200, 'GET', 'ledger/accounts'] as const),
    )
    const promotions = accounts.find(({ account }) => account === 'platform:promotions')
    expect(Number(promotions?.balance_usd)).toBeLessThanOrEqual(-5)
    expect(await gateway.ledgerCheck()).toMatchObject({ ok: true })
  })

  test('that come at once from many accounts are credited as often as they may be, and no more', async () => {
    const { id, code } = await one({ uses_max: 3 })
    const customers = await Promise.all(Array.from({ length: 8 }, newKey))
    const answers = await Promise.all(
      customers.map(({ key }, index) => redeem(key, code, gateways[index % gateways.length])),
    )
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual([
      '201',
      '201',
      '201',
      '409',
      '409',
      '409',
      '409',
      '409',
    ])
    const posted = await Promise.all(customers.map(async ({ userId }) => (await gateway.balance(userId)).posted_usd))
    expect(posted.filter((usd) => usd === '5.000000000')).toHaveLength(3)
    expect((await called<{ data: Json[] }>(gateway, 200, 'GET', `redemption-codes?q=${id}`)).data).toMatchObject([
      { uses: 3, state: 'used_up' },
    ])
  })

  test('that come at once from one account are credited once', async () => {
    const { code } = await one({ uses_max: 50 })
    const { key, userId } = await newKey()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => redeem(key, code, gateways[index % gateways.length])),
    )
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual([
      '201',
      '409',
      '409',
      '409',
      '409',
      '409',
      '409',
      '409',
    ])
    expect(await gateway.balance(userId)).toMatchObject({ posted_usd: '5.000000000' })
  })

  test('are worth nothing once they are revoked or their time is over', async () => {
    const revoked = await one()
    const over = await one({ expires_at: new Date(Date.now() + 1_000).toISOString() })
    expect(await called(gateway, 200, 'DELETE', `redemption-codes/${revoked.id}`)).toMatchObject({
      ...{ state: 'revoked', revoked_by: 'admin_key' },
    })
    await called(gateway, 404, 'DELETE', 'redemption-codes/code_of_nobody')
    const { key } = await newKey()
    expect((await redeem(key, revoked.code)).status).toBe(409)
    await Bun.sleep(1_100)
    expect((await redeem(key, over.code)).status).toBe(409)
    const past = { amount_usd: '1', expires_at: '2020-01-01T00:00:00Z' }
    expect((await gateway.call('POST', '/api/admin/redemption-codes', past)).status).toBe(400)
  })

  test('are not for keys that may not dispose of the balance', async () => {
    const { code } = await one()
    const plain = await gateway.createCustomer('0', { scopes: ['receipts'] })
    const capped = await gateway.createCustomer('0', { scopes: ['account'], budget_usd: '1' })
    expect((await redeem(plain.key, code)).status).toBe(403)
    expect((await redeem(capped.key, code)).status).toBe(403)
  })

  test('cannot be guessed: after ten wrong ones an account has to wait, and others need not', async () => {
    const { code } = await one()
    const [guesser, other] = await Promise.all([newKey(), newKey()])
    const answers: number[] = []
    for (let guess = 0; guess < 11; guess += 1)
      answers.push((await redeem(guesser.key, `TG-0000-0000-0000-00${guess}`)).status)
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 404), 429])
    expect((await redeem(guesser.key, code)).status).toBe(429)
    expect((await redeem(other.key, code)).status).toBe(201)
  })
})
