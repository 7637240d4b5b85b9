import { afterEach, beforeEach, expect, test } from 'bun:test'
import { nanoUsd } from '../../units.ts'
import { hashOfCode } from './codes-secret.ts'
import { type Opened, openControlPlane } from './testing/open.ts'

let opened: Opened
let userId: string
let key: string
beforeEach(async () => {
  opened = await openControlPlane()
  userId = await opened.newUser()
  key = (await opened.newKey(userId)).key
})
afterEach(() => opened.close())

const make = async (wanted: object): Promise<{ id: string; code: string }> => {
  const made = await opened.admin('POST', '/api/admin/redemption-codes', wanted)
  const [first] = made.json['data'] as { id: string; code: string }[]
  if (made.status !== 201 || !first) throw new Error(made.text)
  return first
}
const redeem = (code: string) => opened.with(key, 'POST', '/api/me/redeem', { code })

test('a use that was taken by a process that died before it was credited is credited, once, whatever came of the code', async () => {
  const { id, code } = await make({ amount_usd: '4' })
  expect((await opened.store.codes.claim(hashOfCode(code), userId)).ok).toBe(true)
  await opened.admin('DELETE', `/api/admin/redemption-codes/${id}`)
  opened.clock.nowMs += 86_400_000
  expect(await redeem(code)).toMatchObject({ status: 201, json: { redeemed_usd: '4.000000000' } })
  expect((await redeem(code)).status).toBe(409)
  expect((await opened.admin('GET', `/api/admin/users/${userId}/balance`)).json['posted_usd']).toBe('4.000000000')
})

test('a use that was credited by a process that died before it noted so is not credited again', async () => {
  const { id, code } = await make({ amount_usd: '4', uses_max: 9 })
  const claimed = await opened.store.codes.claim(hashOfCode(code), userId)
  if (!claimed.ok) throw new Error(claimed.error)
  await opened.ledger.credit({
    ...{ userId, amount: nanoUsd(4_000_000_000n), kind: 'promotional-credit' },
    ...{ reason: `Redemption code ${claimed.value.hint}`, idempotencyKey: `redemption/${id}/${userId}` },
  })
  expect((await redeem(code)).status).toBe(201)
  expect((await redeem(code)).status).toBe(409)
  expect((await opened.admin('GET', `/api/admin/users/${userId}/balance`)).json['posted_usd']).toBe('4.000000000')
})

test('a use that the ledger refuses is given back', async () => {
  const full = { amount_usd: '100000000', reason: 'full' }
  for (let turn = 0; turn < 40; turn += 1)
    await opened.admin('POST', `/api/admin/users/${userId}/credits`, { ...full, idempotency_key: String(turn) })
  const { id, code } = await make({ amount_usd: '4' })
  expect((await redeem(code)).status).toBe(400)
  expect(await opened.store.codes.find(id)).toMatchObject({ uses: 0 })
  const other = await opened.newKey(await opened.newUser('grace@example.com'))
  expect((await opened.with(other.key, 'POST', '/api/me/redeem', { code })).status).toBe(201)
})

test('wrong codes that come at once are counted before they are looked at, and right ones are not counted', async () => {
  const { code } = await make({ amount_usd: '4', uses_max: 9 })
  expect((await redeem(code)).status).toBe(201)
  const wrong = Array.from({ length: 60 }, (_, turn) => redeem(`TG-AAAA-BBBB-CCCC-${1_000 + turn}`))
  const statuses = (await Promise.all(wrong)).map(({ status }) => status)
  expect([404, 429].map((status) => statuses.filter((each) => each === status).length)).toEqual([10, 50])
  opened.clock.nowMs += 601_000
  expect((await redeem('TG-AAAA-BBBB-CCCC-9999')).status).toBe(404)
})

test('of one code there is one use for each person, whichever account it is for', async () => {
  const { code, id } = await make({ amount_usd: '4', uses_max: 9 })
  const claim = async (email: string, people: readonly string[]) =>
    opened.store.codes.claim(hashOfCode(code), await opened.newUser(email), people)
  expect((await claim('a@example.com', ['person_1'])).ok).toBe(true)
  expect(await claim('b@example.com', ['person_1'])).toEqual({ ok: false, error: 'redeemed' })
  expect(await claim('c@example.com', ['person_2', 'person_1'])).toEqual({ ok: false, error: 'redeemed' })
  expect((await claim('d@example.com', ['person_2'])).ok).toBe(true)
  // Accounts that nobody signs in to.
  expect((await claim('e@example.com', [])).ok).toBe(true)
  expect((await claim('f@example.com', [])).ok).toBe(true)
  expect(await opened.store.codes.find(id)).toMatchObject({ uses: 4 })
})

test.each([
  ['a number for money', { amount_usd: 5 }, 'amount_usd'],
  ['nothing', { amount_usd: '0' }, 'amount_usd'],
  ['too many', { amount_usd: '1', count: 501 }, 'count'],
  ['a prefix that is none', { amount_usd: '1', prefix: 'A-B' }, 'prefix'],
  ['a field that is not known', { amount_usd: '1', uses: 3 }, 'uses'],
])('codes for %s are refused by the name of the field', async (_, wanted, field) => {
  const answer = await opened.admin('POST', '/api/admin/redemption-codes', wanted)
  expect([answer.status, (answer.json['error'] as { param: string }).param]).toEqual([400, field])
})

test('five hundred codes are made at once, and paged through without one twice', async () => {
  const answer = await opened.admin('POST', '/api/admin/redemption-codes', { amount_usd: '1', count: 500 })
  expect(answer.json['data']).toHaveLength(500)
  const seen: string[] = []
  for (let cursor: unknown = ''; cursor !== null; ) {
    const page = await opened.admin('GET', `/api/admin/redemption-codes?limit=200${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...(page.json['data'] as { id: string }[]).map(({ id }) => id))
    cursor = page.json['next_cursor']
  }
  expect([seen.length, new Set(seen).size]).toEqual([500, 500])
})
