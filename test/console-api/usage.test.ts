import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { formatUsd, parseUsd } from '../../src/units.ts'
import { ask, type Customer, download, eventually, KINDS, must, openCustomer, openStage, STAGE_MS } from './stage.ts'

interface Point {
  readonly at: string
  readonly by: string | null
  readonly requests: number
  readonly errors: number
  readonly input: number
  readonly output: number
  readonly cost_usd: string
  readonly latency_p50_ms: number | null
  readonly ttft_p50_ms: number | null
  readonly cache_hit_ratio: number | null
}
interface Series {
  readonly interval: string
  readonly data: readonly Point[]
}

describe.each([...KINDS])('usage and money of an organisation, on %s', (kind) => {
  let gateway: Gateway
  let ada: Customer
  let eve: Customer
  let cost = 0n
  beforeAll(async () => {
    gateway = await openStage(kind)
    ada = await openCustomer(gateway, 'ada@example.com')
    eve = await openCustomer(gateway, 'eve@example.com')
    for (const stream of [true, false, true]) await ask(gateway, ada.key, { stream })
    await ask(gateway, eve.key)
    const receipts = await gateway.requests({ user_id: ada.userId })
    cost = receipts.reduce((sum, receipt) => sum + (parseUsd(receipt.cost_usd) ?? -1n), 0n)
    // Of both: what is counted of one says nothing of the other.
    await eventually(
      async () => (await gateway.call('GET', '/api/admin/usage/series')).body as Series,
      ({ data }) => data.reduce((sum, { requests }) => sum + requests, 0) === 4,
    )
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  const series = async (query: string): Promise<Series> =>
    must(200, await ada.browser.get(`/api/me/usage/series${query}`)) as unknown as Series
  const sumOf = ({ data }: Series): bigint => data.reduce((sum, point) => sum + (parseUsd(point.cost_usd) ?? -1n), 0n)

  test.each(['', '?interval=hour', '?by=model', '?interval=hour&by=key', '?by=project', '?model=demo'])(
    'the series %s adds up to what the receipts say',
    async (query) => {
      const found = await series(query)
      expect(sumOf(found)).toBe(cost)
      for (const point of found.data) {
        expect(point).toMatchObject({ errors: 0, cache_hit_ratio: 0 })
        expect(point.latency_p50_ms).toBeGreaterThan(0)
        expect(point.ttft_p50_ms).toBeGreaterThan(0)
      }
    },
  )

  test('points are told apart by what is asked', async () => {
    expect((await series('?by=key')).data.map(({ by }) => by)).toEqual([ada.keyId])
    expect((await series('?by=model')).data.map(({ by }) => by)).toEqual(['demo'])
    expect((await series('')).data.map(({ by }) => by)).toEqual([null])
    expect((await series(`?key_id=${eve.keyId}`)).data).toEqual([])
  })

  test('administrators see everybody’s, by user and provider too', async () => {
    const answer = await gateway.call('GET', '/api/admin/usage/series?by=user')
    const users = (answer.body as Series).data.map(({ by }) => by)
    expect(users.toSorted()).toEqual([ada.userId, eve.userId].toSorted())
    const own = await gateway.call('GET', `/api/admin/usage/series?by=provider&user_id=${ada.userId}`)
    expect(own.body).toMatchObject({ data: [{ by: 'demo', requests: 3 }] })
  })

  test.each([
    ['interval=week', 'interval'],
    ['by=user', 'by'],
    ['interval=hour&since=2000-01-01T00:00:00Z', 'since'],
    ['since=2030-01-01T00:00:00Z', 'since'],
    ['since=2020-01-01T00:00:00Z&until=2024-01-01T00:00:00Z', 'since'],
  ])('the query %s is refused by name', async (query, param) => {
    const { status, body } = await ada.browser.get(`/api/me/usage/series?${query}`)
    expect([status, body['error']]).toMatchObject([400, { param }])
  })

  test('the file of usage says what the call says', async () => {
    const file = await download(gateway, '/api/me/usage.csv?group_by=model,key_id', ada.key)
    const [header, row, ...more] = (await file.text()).trimEnd().split('\r\n')
    expect(header).toBe(
      'model,key_id,requests,failed,input,input_audio,cache_read,cache_write_5m,cache_write_1h,output,output_audio,reasoning,cost_usd,uncollected_usd',
    )
    expect(row).toStartWith(`demo,${ada.keyId},3,0,`)
    expect(row).toEndWith(`,${formatUsd(cost)},0.000000000`)
    expect(more).toEqual([])
  })

  test('the file of a series says what the call says, and takes the same query', async () => {
    const query = '?interval=hour&by=model'
    const file = await download(gateway, `/api/me/usage/series.csv${query}`, ada.key)
    const { data } = must(200, await ada.browser.get(`/api/me/usage/series${query}`)) as unknown as Series
    const [header, ...rows] = (await file.text()).trimEnd().split('\r\n')
    expect(header).toStartWith('hour,model,requests,errors,input,cache_read,cache_write,output,reasoning,cost_usd,')
    expect(rows.map((row) => row.split(',').slice(0, 4))).toEqual(
      data.map(({ at, by, requests, errors }) => [at, by ?? '', String(requests), String(errors)]),
    )
    expect((await download(gateway, '/api/me/usage/series.csv?interval=week', ada.key)).status).toBe(400)
  })

  test('the ledger lists every posting with the balance it left', async () => {
    const listed = must(200, await ada.browser.get('/api/me/ledger')) as unknown as {
      data: {
        kind: string
        request_id: string | null
        amount_usd: string
        balance_usd: string
        reason: string | null
      }[]
    }
    expect(listed.data.map(({ kind }) => kind)).toEqual(['charge', 'charge', 'charge', 'credit'])
    const balance = await gateway.balance(ada.userId)
    expect(listed.data[0]?.balance_usd).toBe(balance.posted_usd)
    expect(listed.data.at(-1)).toMatchObject({
      amount_usd: '10.000000000',
      balance_usd: '10.000000000',
      request_id: null,
    })
    const others = must(200, await ada.browser.get('/api/me/ledger?only=others'))
    expect(others).toMatchObject({ data: [{ kind: 'credit' }] })
    expect(must(200, await ada.browser.get('/api/me/ledger?since=2100-01-01T00:00:00Z'))).toEqual({
      data: [],
      next_cursor: null,
    })
  })

  test('the month that goes on is listed, and has no file yet', async () => {
    const month = new Date().toISOString().slice(0, 7)
    const balance = await gateway.balance(ada.userId)
    expect(must(200, await ada.browser.get('/api/me/invoices'))).toEqual({
      data: [
        {
          month,
          state: 'open',
          opening_usd: '0.000000000',
          charges_usd: formatUsd(-cost),
          others_usd: '10.000000000',
          closing_usd: balance.posted_usd,
          pdf: null,
        },
      ],
      next_cursor: null,
    })
    const statuses = [`${month}.pdf`, '2001-01.pdf', '2999-01.pdf', '2026-13.pdf', 'x.pdf']
    const found = await Promise.all(statuses.map((file) => ada.browser.get(`/api/me/invoices/${file}`)))
    expect(found.map(({ status }) => status)).toEqual([409, 404, 404, 404, 404])
  })
})
