import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { OTHER_KEY, startStand, type Stand, VENDOR_KEY } from './stand.ts'

let stand: Stand
beforeAll(async () => {
  stand = await startStand({
    health: { failures: 2, failure_percent: 100, cool_down: '10m', cool_down_max: '10m', disabled_retry: null },
    limits: { per_key: { rpm: 100_000 } },
  })
})
afterAll(() => stand.stop())

const CHAT = '/v1/chat/completions'
const asking = (more: object = {}) => ({
  model: 'chat',
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: 50,
  ...more,
})

/** All that is written down of money and requests. */
const books = async () => {
  const { open_holds, postings, sum_usd } = await stand.gateway.ledgerCheck()
  const requests = await stand.gateway.requests({})
  return { open_holds, postings, sum_usd, requests: requests.length }
}

describe('an explanation', () => {
  test('leaves nothing behind in the books, and is sent nowhere', async () => {
    const before = await books()
    stand.vendor.seen.length = 0
    for (const body of [asking(), asking({ model: 'gone' }), asking({ model: 'both' })]) await stand.explain(CHAT, body)
    expect(await books()).toEqual(before)
    expect(stand.vendor.seen).toEqual([])
  })

  test('of nobody is refused like any request', async () => {
    const { status } = await stand.explain(CHAT, asking(), { authorization: 'Bearer sk-tg-wrong' })
    expect(status).toBe(401)
  })

  const REFUSED: readonly (readonly [string, string, unknown, number, string, string])[] = [
    ['a name that nobody knows', CHAT, asking({ model: 'chatt' }), 404, 'model-not-found', 'choose'],
    ['a name that is retired', CHAT, asking({ model: 'old' }), 503, 'model-retired', 'choose'],
    ['a body that is cut off', CHAT, '{"model":', 400, 'invalid-json', 'read'],
    ['a wrong type', CHAT, asking({ max_tokens: 'many' }), 400, 'invalid-request', 'read'],
    ['a model without a price', CHAT, asking({ model: 'unpriced' }), 400, 'unknown-model-pricing', 'admit'],
    ['a model that no channel serves', CHAT, asking({ model: 'gpt-5' }), 503, 'no-channel', 'choose'],
    [
      'a turn that is not kept',
      '/v1/responses',
      { model: 'gpt', input: 'x', previous_response_id: 'resp_gone' },
      400,
      'response-not-found',
      'recall',
    ],
    ['another format', '/v1/embeddings', { model: 'claude', input: 'x' }, 400, 'unsupported-format', 'choose'],
    ['more than the balance', CHAT, asking({ n: 100, max_tokens: 1_000 }), 402, 'insufficient-balance', 'admit'],
  ]
  test.each(REFUSED)('says what a request would be refused with: %s', async (_what, path, body, status, kind, step) => {
    const poor = await stand.gateway.createCustomer('0.01')
    const explained = await stand.explain(path, body, {}, poor.key)
    expect(explained.status).toBe(200)
    expect(explained.would_refuse).toMatchObject({ step, status, error: { kind } })
    const answer = await stand.ask(path, body, {}, poor.key)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(JSON.stringify(explained.would_refuse?.error.message).slice(1, -1))
  })

  test('goes on behind a refusal as far as it can', async () => {
    const poor = await stand.gateway.createCustomer('0.000001')
    const explained = await stand.explain(CHAT, asking(), {}, poor.key)
    expect(explained.would_refuse?.error.kind).toBe('insufficient-balance')
    expect(explained.funds).toMatchObject({ covers: false, available_usd: '0.000001000' })
    expect(explained.candidates[0]?.sent?.kind).toBe('sent')
  })

  test('says what names lead to, and how', async () => {
    const named = await stand.explain(CHAT, asking({ model: 'mine', fallbacks: ['chat', 'oc/both', 'old', 'nobody'] }))
    expect(named.model.names.map(({ name, means, model }) => [name, means, model])).toEqual([
      ['mine', 'alias', 'claude'],
      ['chat', 'id', 'chat'],
      ['oc/both', 'provider', 'both'],
      ['old', 'retired', null],
      ['nobody', 'unknown', null],
    ])
    expect(named.candidates.map(({ channel, upstream_model: model }) => [channel, model])).toEqual([
      ['an-1', 'claude-upstream'],
      ['oc-1', 'chat'],
      ['oc-1', 'both'],
    ])
  })

  test('says why channels are left out, and nothing of other groups', async () => {
    const { left_out: left, text } = await stand.explain(CHAT, asking())
    expect(left.map(({ channel, why }) => [channel, why])).toEqual([
      ['oa-1', 'model_not_served'],
      ['an-1', 'model_not_served'],
      ['ge-1', 'model_not_served'],
    ])
    expect(text).not.toContain('elsewhere')
    const only = await stand.explain('/v1/an/chat/completions', asking({ model: 'both' }))
    expect(only.left_out).toContainEqual(expect.objectContaining({ channel: 'oc-1', why: 'other_provider' }))
    const { key } = await stand.gateway.createKey({ user_id: stand.customer.userId, models: ['claude'] })
    const kept = await stand.explain(CHAT, asking(), {}, key)
    expect(kept.would_refuse?.error.kind).toBe('model-not-allowed')
    expect(kept.left_out).toContainEqual(expect.objectContaining({ channel: 'oc-1', why: 'not_allowed' }))
  })

  test('shows hosts and other groups to whoever has the admin key, and credentials to nobody', async () => {
    const admin = { 'x-tollgate-admin-key': stand.gateway.adminKey }
    const shown = await stand.explain(CHAT, asking(), admin)
    expect(shown.candidates[0]?.sent?.url).toBe(`${stand.vendor.url}/chat/completions`)
    expect(shown.left_out).toContainEqual(expect.objectContaining({ channel: 'elsewhere', why: 'other_group' }))
    for (const secret of [VENDOR_KEY, OTHER_KEY, stand.gateway.adminKey, stand.customer.key])
      expect(shown.text).not.toContain(secret)
    const wrong = await stand.explain(CHAT, asking(), { 'x-tollgate-admin-key': 'wrong' })
    expect(wrong.status).toBe(401)
  })

  test('writes the request out for the first candidate, and for all where they are wanted', async () => {
    const one = await stand.explain(CHAT, asking({ model: 'both' }))
    expect(one.candidates.map(({ sent }) => sent?.kind)).toEqual(['sent', undefined])
    const answer = await stand.ask(`/v1/explain?all=true&path=${CHAT}`, asking({ model: 'both' }))
    const all = (await answer.json()) as typeof one
    expect(all.candidates.map(({ sent, upstream_format: format }) => [sent?.kind, format])).toEqual([
      ['sent', 'openai-chat'],
      ['sent', 'anthropic-messages'],
    ])
    expect(all.candidates[1]?.sent?.body).toContain('"max_tokens":50')
  })

  test('names what a candidate cannot be sent, and goes to the next', async () => {
    const explained = await stand.explain(CHAT, asking({ model: 'claude', fallbacks: ['chat'], n: 2 }))
    expect(explained.candidates.map(({ channel, sent }) => [channel, sent?.kind])).toEqual([
      ['an-1', 'refused'],
      ['oc-1', 'sent'],
    ])
    expect(explained.first?.channel).toBe('oc-1')
    expect(explained.would_refuse).toBeNull()
  })

  test('shows the limits as they are, and takes nothing of them but one request', async () => {
    const { key } = await stand.gateway.createKey({
      user_id: stand.customer.userId,
      rpm: 50,
      tpm: 1_000,
      concurrency: 1,
    })
    for (const left of [49, 48, 47]) {
      const { limits, would_refuse: refused } = await stand.explain(CHAT, asking(), {}, key)
      expect(refused).toBeNull()
      expect(limits.map(({ measure, limit, remaining }) => [measure, limit, remaining])).toEqual([
        ['requests', 50, left],
        ['tokens', 1_000, 1_000],
      ])
    }
    expect((await stand.ask(CHAT, asking(), {}, key)).status).toBe(200)
    const much = asking({ max_tokens: 998 })
    const refused = await stand.explain(CHAT, much, {}, key)
    expect(refused.would_refuse).toMatchObject({ step: 'admit', status: 429, error: { kind: 'rate-limit-exceeded' } })
    expect((await stand.ask(CHAT, much, {}, key)).status).toBe(429)
  })

  test('counts as a request: too many are refused themselves', async () => {
    const { key } = await stand.gateway.createKey({ user_id: stand.customer.userId, rpm: 2 })
    const statuses = [1, 2, 3].map(async () => (await stand.explain(CHAT, asking(), {}, key)).status)
    expect((await Promise.all(statuses)).sort()).toEqual([200, 200, 429])
  })

  test('shows what budgets have spent, to keys that may see receipts', async () => {
    const budgets = { budget_usd: '0.002', budgets: { day: '5' } }
    const { key } = await stand.gateway.createKey({ user_id: stand.customer.userId, ...budgets })
    const before = await stand.explain(CHAT, asking({ max_tokens: 5 }), {}, key)
    expect(before.funds?.budgets).toMatchObject([
      { window: 'total', spent_usd: '0.000000000' },
      { window: 'day', spent_usd: null },
    ])
    const answer = await stand.ask(CHAT, asking({ max_tokens: 5 }), {}, key)
    expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)])
    await stand.receipt(answer)
    const after = await stand.explain(CHAT, asking({ max_tokens: 1_000 }), {}, key)
    expect(after.funds).toMatchObject({ covers: false })
    expect(after.funds?.budgets.map(({ spent_usd: spent, held_usd: held }) => [spent, held])).toEqual([
      ['0.000009000', '0.000000000'],
      ['0.000009000', '0.000000000'],
    ])
    expect(after.would_refuse?.error.kind).toBe('key-budget-exceeded')
    const plain = await stand.gateway.createKey({ user_id: stand.customer.userId, scopes: ['embed'] })
    const hidden = await stand.explain(CHAT, asking(), {}, plain.key)
    expect(hidden.funds).toMatchObject({ covers: true, available_usd: null, budgets: [] })
    expect(hidden.would_refuse).toMatchObject({ step: 'authenticate', error: { kind: 'scope-not-allowed' } })
  })

  test('is given in local mode too', async () => {
    const local = await startStand({ auth: 'none' })
    try {
      const explained = await local.explain(CHAT, asking(), { authorization: '' })
      expect(explained.would_refuse).toBeNull()
    } finally {
      await local.stop()
    }
  })

  const MALFORMED: readonly (readonly [string, string, unknown, string])[] = [
    ['a path that is none of ours', '/v1/nothing', asking(), 'path'],
    ['a path with no answer to POST', '/v1/models', asking(), 'path'],
    ['no path, and a body of no shape', '', { model: 'chat' }, 'path'],
    ['Gemini without a model', '', { contents: [] }, 'path'],
    ['a wrapped path that is none', '', { path: 7, body: asking() }, 'path'],
    ['wrapped headers that are none', '', { path: CHAT, headers: { a: 1 }, body: asking() }, 'headers'],
    ['wrapped headers that break lines', '', { path: CHAT, headers: { a: 'b\r\nc: d' }, body: asking() }, 'headers'],
  ]
  test.each(MALFORMED)('is refused for %s', async (_what, path, body, param) => {
    const answer = await stand.ask(path === '' ? '/v1/explain' : `/v1/explain?path=${path}`, body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { param } })
  })

  test('is there for POST alone', async () => {
    const answer = await fetch(`${stand.gateway.url}/v1/explain`, {
      headers: { authorization: `Bearer ${stand.customer.key}` },
    })
    expect(answer.status).toBe(405)
  })
})

describe('health and turns', () => {
  let keyed: Stand
  beforeAll(async () => {
    keyed = await startStand({
      groups: { default: { strategy: 'cache_affinity', hedge_after: '30s' }, other: {} },
      channels: [
        { id: 'oc-1', provider: 'oc', groups: ['default'] },
        { id: 'oc-2', provider: 'oc', groups: ['default'] },
      ],
      health: { failures: 2, failure_percent: 100, cool_down: '10m', cool_down_max: '10m', disabled_retry: null },
    })
  })
  afterAll(() => keyed.stop())

  test('are as the next request finds them: who answered a conversation last is asked again', async () => {
    const body = asking({ prompt_cache_key: 'one' })
    const before = await keyed.explain(CHAT, body)
    expect(before.conversation).toBeNull()
    const answer = await keyed.ask(CHAT, body)
    await answer.text()
    const receipt = await keyed.receipt(answer)
    expect(receipt.channel).toBe(before.first?.channel ?? '')
    const after = await keyed.explain(CHAT, body)
    expect(after.conversation?.channel).toBe(receipt.channel)
    expect(after.candidates[0]?.why).toBe('cache_affinity: answered last')
    expect(after.strategy).toBe('cache_affinity')
  })

  test('of a key that its vendor refused are shown, and whom it leaves to be asked', async () => {
    keyed.vendor.failing.set(VENDOR_KEY, () => Response.json({ error: { message: 'no' } }, { status: 401 }))
    await (await keyed.ask(CHAT, asking())).text()
    const explained = await keyed.explain(CHAT, asking())
    expect(explained.candidates[0]?.keys).toMatchObject([
      { standing: 'blocked', blocks: [{ subject: 'key:oc/1', kind: 'refused' }] },
    ])
    expect(explained.first).toBeNull()
    expect(explained.would_refuse).toMatchObject({ step: 'attempt', status: 503, error: { kind: 'no-active-keys' } })
    expect((await keyed.ask(CHAT, asking())).status).toBe(503)
  })

  test('are not taken by looking: of two keys the one that is shown is the one that is asked', async () => {
    const { vendor } = keyed
    const keys = [
      { key: VENDOR_KEY, id: 'a' },
      { key: OTHER_KEY, id: 'b' },
    ]
    const two = await startStand({
      providers: { oc: { kind: 'openai-compatible', base_url: vendor.url, keys } },
      channels: [{ id: 'oc-1', provider: 'oc', groups: ['default'] }],
    })
    vendor.failing.clear()
    try {
      const shown = ['a', 'b', 'a', 'b'].map(() => '')
      const asked: string[] = []
      for (const index of shown.keys()) {
        for (let times = 0; times < 3; times += 1) shown[index] = (await two.explain(CHAT, asking())).first?.key ?? ''
        vendor.seen.length = 0
        await (await two.ask(CHAT, asking())).text()
        asked.push(vendor.seen[0]?.headers.get('authorization') === `Bearer ${VENDOR_KEY}` ? 'a' : 'b')
      }
      expect(asked).toEqual(shown)
      expect(new Set(asked)).toEqual(new Set(['a', 'b']))
    } finally {
      await two.stop()
    }
  })
})
