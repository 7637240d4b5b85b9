import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { parseUsd } from '../../src/units.ts'
import { ask, type Customer, download, eventually, KINDS, must, openCustomer, openStage, STAGE_MS } from './stage.ts'

interface Receipt {
  readonly request_id: string
  readonly cost_usd: string
  readonly key_id: string
  readonly status: number
  readonly lines: readonly { readonly bucket: string; readonly usd: string }[]
  readonly attempts: readonly { readonly start_ms: number | null; readonly ms: number }[]
}
type Listed = { readonly data: readonly Receipt[]; readonly next_cursor: string | null }

describe.each([...KINDS])('the log of requests, on %s', (kind) => {
  let gateway: Gateway
  let ada: Customer
  let eve: Customer
  let project: string
  let second: { readonly id: string; readonly key: string }
  const ids: string[] = []
  beforeAll(async () => {
    gateway = await openStage(kind, { aliases: { '=formula': 'demo' }, request_log: { tails: 2 } })
    ada = await openCustomer(gateway, 'ada@example.com')
    eve = await openCustomer(gateway, 'eve@example.com')
    project = String(must(201, await ada.browser.post('/api/me/projects', { name: 'search' }))['id'])
    const made = must(201, await ada.browser.post('/api/me/keys', { name: 'second', project_id: project }))
    second = { id: String(made['id']), key: String(made['key']) }
    ids.push((await ask(gateway, ada.key)).id)
    ids.push((await ask(gateway, second.key, { stream: true })).id)
    ids.push((await ask(gateway, ada.key, { model: '=formula' })).id)
    ids.push((await ask(gateway, second.key, {}, '/v1/messages')).id)
    await ask(gateway, eve.key)
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  const list = async (query: string): Promise<Listed> =>
    must(200, await ada.browser.get(`/api/me/requests${query}`)) as unknown as Listed
  const found = async (query: string) => (await list(query)).data.map(({ request_id: id }) => ids.indexOf(id))

  test.each([
    ['', [3, 2, 1, 0]],
    ['?status=200', [3, 2, 1, 0]],
    ['?status=2xx', [3, 2, 1, 0]],
    ['?status=5xx', []],
    ['?ended=whole', [3, 2, 1, 0]],
    ['?ended=failed', []],
    ['?client_format=anthropic-messages', [3]],
    ['?model=demo', [3, 2, 1, 0]],
    ['?model=%3Dformula', [2]],
    ['?q=FORM', [2]],
    ['?q=nothing', []],
    ['?since=2000-01-01T00:00:00Z', [3, 2, 1, 0]],
    ['?until=2000-01-01T00:00:00Z', []],
  ])('the filter %s finds those it says', async (query, expected) => {
    expect(await found(query)).toEqual(expected)
  })

  test('keys, projects and ids are found, and nobody else’s', async () => {
    expect(await found(`?key_id=${second.id}`)).toEqual([3, 1])
    expect(await found(`?project_id=${project}&client_format=openai-chat`)).toEqual([1])
    expect(await found(`?q=${ids[2]}`)).toEqual([2])
    expect(await found(`?key_id=${eve.keyId}`)).toEqual([])
    const theirs = must(200, await eve.browser.get(`/api/me/requests?q=${ids[2]}`))
    expect(theirs).toMatchObject({ data: [] })
    expect((await eve.browser.get(`/api/me/requests/${ids[2]}`)).status).toBe(404)
  })

  test.each([
    '?status=6xx',
    '?status=abc',
    '?ended=over',
    '?client_format=x',
    '?until=now',
    `?user_id=user_1`,
    '?provider=demo',
  ])('the query %s is refused by name', async (query) => {
    const { status, body } = await ada.browser.get(`/api/me/requests${query}`)
    expect([status, body['error']]).toMatchObject([400, { param: /\?(\w+)=/.exec(query)?.[1] }])
  })

  test('administrators find everybody’s, also by user and provider', async () => {
    const all = await gateway.requests({ provider: 'demo' })
    expect(all.length).toBe(5)
    expect((await gateway.requests({ user_id: eve.userId, status: '2xx' })).length).toBe(1)
    expect((await gateway.requests({ provider: 'nobody' })).length).toBe(0)
  })

  test('a receipt says line by line what the charge was made of, and when each try began', async () => {
    const paths = [`/api/me/requests/${ids[1]}`, `/v1/receipts/${ids[1]}`]
    for (const path of paths) {
      const receipt = (await (await download(gateway, path, ada.key)).json()) as Receipt
      const sum = receipt.lines.reduce((total, { usd }) => total + (parseUsd(usd) ?? -1n), 0n)
      expect(receipt.lines.map(({ bucket }) => bucket)).toEqual(expect.arrayContaining(['input', 'output']))
      expect([path, sum]).toEqual([path, BigInt(parseUsd(receipt.cost_usd) ?? -1n)])
      expect(receipt.attempts).toMatchObject([{ start_ms: expect.any(Number) }])
    }
  })

  test('the file says what the list says, with formulas defused', async () => {
    const file = await download(gateway, '/api/me/requests.csv?status=2xx', ada.key)
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present'])
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="requests-\d{4}-\d\d-\d\d\.csv"$/)
    const [header = '', ...rows] = (await file.text()).trimEnd().split('\r\n')
    const columns = header.split(',')
    const cells = rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [columns[index], cell])))
    expect(cells.map((cell) => ids.indexOf(String(cell['request_id'])))).toEqual([3, 2, 1, 0])
    const { data } = await list('')
    expect(cells.map((cell) => cell['cost_usd'])).toEqual(data.map(({ cost_usd: cost }) => cost))
    expect(cells[1]?.['model_requested']).toBe("'=formula")
    for (const cell of cells) expect(cell['at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('a live view shows what is asked from then on, and only its own', async () => {
    const hangUp = new AbortController()
    const view = await follow(gateway, ada.key, `?key_id=${ada.keyId}`, hangUp.signal)
    expect(view.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    await ask(gateway, eve.key)
    await ask(gateway, second.key)
    const { id } = await ask(gateway, ada.key)
    const seen = await eventsUntil(view, (text) => text.includes(id))
    expect([...seen.matchAll(/^id: (.+)$/gm)].map(([, each]) => each)).toEqual([id])
    hangUp.abort()
  })

  test('so many live views are open at once for one caller, and a closed one makes room', async () => {
    const hangUps = [new AbortController(), new AbortController()]
    for (const { signal } of hangUps) expect((await follow(gateway, ada.key, '', signal)).status).toBe(200)
    const third = await follow(gateway, ada.key, '', AbortSignal.timeout(10_000))
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '5'])
    expect((await follow(gateway, eve.key, '', AbortSignal.timeout(5_000))).status).toBe(200)
    for (const hangUp of hangUps) hangUp.abort()
    await eventually(
      async () => {
        const hangUp = new AbortController()
        const { status } = await follow(gateway, ada.key, '', hangUp.signal)
        hangUp.abort()
        return status
      },
      (status) => status === 200,
    )
  })

  test('who may not see it sees none of it', async () => {
    const { key } = await gateway.createKey({ user_id: ada.userId, scopes: ['generate'] })
    for (const path of [
      '/api/me/requests',
      '/api/me/requests.csv',
      '/api/me/requests/live',
      '/api/me/usage/series',
      '/api/me/usage/series.csv',
      '/api/me/ledger',
      '/api/me/invoices',
      '/api/me/usage.csv',
      '/api/me/keys',
    ])
      expect([path, (await download(gateway, path, key)).status]).toEqual([path, 403])
    expect((await download(gateway, '/api/me/requests/live', 'sk-tg-nobody')).status).toBe(401)
    expect((await download(gateway, '/api/admin/requests/live', ada.key)).status).toBe(401)
  })
})

const follow = (gateway: Gateway, key: string, query: string, signal: AbortSignal): Promise<Response> =>
  fetch(`${gateway.url}/api/me/requests/live${query}`, { headers: { authorization: `Bearer ${key}` }, signal })

/** Reads events until something is among them. */
const eventsUntil = async (view: Response, isEnough: (text: string) => boolean): Promise<string> => {
  const reader = view.body?.getReader()
  let text = ''
  while (reader && !isEnough(text)) {
    const { done, value } = await reader.read()
    if (done) break
    text += new TextDecoder().decode(value)
  }
  return text
}
