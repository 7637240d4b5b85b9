import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ReceiptJson } from '../harness/admin.ts'
import { startStand, type Stand } from '../explain/stand.ts'

const RULES = [
  { name: 'closed', when: { headers: { 'x-app': 'game*' } }, do: { refuse: 'Games are played elsewhere.' } },
  { name: 'by label', when: { labels: ['cheap', 'free'], models: ['chat'] }, do: { model: 'claude' } },
  { name: 'pictures', when: { images: true }, do: { channels: ['an-1', 'oc-1'] } },
  {
    name: 'tools',
    when: { tools: true, formats: ['openai-chat'] },
    do: { parameters: { temperature: 0, 'metadata.by': 'rule', stop: null } },
  },
  { when: { bytes_min: 4096 }, do: { model: 'gpt', parameters: { max_completion_tokens: 9, max_tokens: null } } },
  { name: 'no streams', when: { stream: true, models: ['gem'] }, do: { refuse: 'No streams of this model.' } },
]

let stand: Stand
beforeAll(async () => {
  stand = await startStand({ groups: { default: { rules: RULES }, other: {} } })
})
afterAll(() => stand.stop())

const CHAT = '/v1/chat/completions'
const asking = (more: object = {}) => ({
  model: 'chat',
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: 50,
  ...more,
})

type Receipt = Omit<ReceiptJson, 'attempts'> & { readonly attempts: readonly { readonly why?: string | null }[] }

/** Sends a request, and gives the answer, what was sent on, and its receipt. */
const sent = async (
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  key = stand.customer.key,
) => {
  stand.vendor.seen.length = 0
  const explained = await stand.explain(path, body, headers, key)
  const answer = await stand.ask(path, body, headers, key)
  const text = await answer.text()
  const [seen] = stand.vendor.seen
  const receipt = (answer.status === 200 ? await stand.receipt(answer) : undefined) as Receipt | undefined
  return {
    answer,
    text,
    seen: seen && (JSON.parse(seen.body) as { readonly model?: string; readonly [name: string]: unknown }),
    receipt,
    explained,
  }
}

const keyWith = (labels: readonly string[], more: object = {}) =>
  stand.gateway.createKey({ user_id: stand.customer.userId, labels, ...more })

describe('a rule', () => {
  test('refuses with its words in every format, counts nothing, and says not to try again', async () => {
    const bodies: readonly (readonly [string, object])[] = [
      [CHAT, asking()],
      ['/v1/messages', asking({ model: 'claude' })],
      ['/v1/responses', { model: 'gpt', input: 'x' }],
      ['/v1beta/models/gem:generateContent', { contents: [] }],
    ]
    const before = await stand.gateway.requests({})
    for (const [path, body] of bodies) {
      const { answer, text, seen, explained } = await sent(path, body, { 'x-app': 'Games of chance' })
      expect([answer.status, answer.headers.get('x-should-retry'), seen]).toEqual([403, 'false', undefined])
      expect(text).toContain('Games are played elsewhere.')
      expect(explained.would_refuse).toMatchObject({ step: 'direct', status: 403, error: { kind: 'refused-by-rule' } })
      expect(explained.rule?.name).toBe('closed')
    }
    expect(await stand.gateway.requests({})).toHaveLength(before.length)
    expect((await sent(CHAT, asking(), { 'x-app': 'work' })).answer.status).toBe(200)
  })

  test('has another model answer, which is the one that is billed', async () => {
    const { key } = await keyWith(['cheap'])
    const { answer, seen, receipt, explained } = await sent(CHAT, asking(), {}, key)
    expect(answer.status).toBe(200)
    expect(seen?.model).toBe('claude-upstream')
    // 5 tokens at 1 and 2 at 2 USD a million, and half as much again.
    expect(receipt).toMatchObject({
      model_requested: 'chat',
      model_served: 'claude',
      channel: 'an-1',
      cost_usd: '0.000013500',
    })
    expect(receipt?.attempts.map(({ why }) => why)).toEqual(['rule by label; only channel'])
    expect(explained).toMatchObject({
      rule: { name: 'by label', model: 'claude' },
      model: { requested: 'chat', served: 'claude' },
    })
    expect(explained.quote?.amount_usd).toBe(receipt?.quote_usd ?? '')
    const other = await sent(CHAT, asking({ model: 'both' }), {}, key)
    expect(other.receipt?.model_served).toBe('both')
  })

  test('sends nobody to a model that the key may not use, and anybody to one that it may', async () => {
    const kept = await keyWith(['cheap'], { models: ['chat'] })
    expect((await sent(CHAT, asking(), {}, kept.key)).answer.status).toBe(403)
    const allowed = await keyWith(['cheap'], { models: ['claude'] })
    expect((await sent(CHAT, asking(), {}, allowed.key)).receipt?.model_served).toBe('claude')
  })

  test('counts by the labels that a key has now', async () => {
    const { id, key } = await keyWith(['night'])
    expect((await sent(CHAT, asking(), {}, key)).receipt?.model_served).toBe('chat')
    const changed = await stand.gateway.call('PATCH', `/api/admin/keys/${id}`, { labels: ['free'] })
    expect(changed).toMatchObject({ status: 200, body: { labels: ['free'] } })
    expect((await sent(CHAT, asking(), {}, key)).receipt?.model_served).toBe('claude')
    expect((await stand.gateway.call('PATCH', `/api/admin/keys/${id}`, { labels: null })).body).toMatchObject({
      labels: [],
    })
    expect((await sent(CHAT, asking(), {}, key)).receipt?.model_served).toBe('chat')
    const many = await stand.gateway.call('POST', '/api/admin/keys', {
      user_id: stand.customer.userId,
      name: 'k',
      labels: Array.from({ length: 17 }, String),
    })
    expect(many.status).toBe(400)
  })

  test('names channels in its own order, and leaves no preference', async () => {
    const image = { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.example/b.png' } }] }
    const body = asking({ model: 'both', messages: [image], provider: 'oc' })
    const plain = await sent(CHAT, asking({ model: 'both' }))
    expect(plain.receipt?.channel).toBe('oc-1')
    const { answer, receipt, explained } = await sent(CHAT, body)
    expect(receipt?.channel).toBe('an-1')
    expect(explained.candidates.map(({ channel }) => channel)).toEqual(['an-1', 'oc-1'])
    expect(receipt?.warnings).toContain('/provider;unsupported')
    expect(answer.headers.get('x-tollgate-warnings')).toContain('/provider;unsupported')
    const elsewhere = await sent(CHAT, asking({ model: 'gpt', messages: [image] }))
    expect([elsewhere.answer.status, elsewhere.text]).toEqual([
      503,
      expect.stringContaining('No available channel for model gpt under group default and its rule pictures.'),
    ])
    expect(elsewhere.explained.left_out).toContainEqual(
      expect.objectContaining({ channel: 'oa-1', why: 'not_in_rule' }),
    )
  })

  test('sets parameters before anybody looks at the body: what is sent, what is translated, what is quoted', async () => {
    const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }
    const body = asking({ tools: [tool], temperature: 1, stop: ['x'] })
    const native = await sent(CHAT, body)
    expect(native.seen).toEqual({ ...asking({ tools: [tool], temperature: 0 }), metadata: { by: 'rule' } })
    expect(native.receipt?.attempts[0]?.why).toStartWith('rule tools; ')
    const translated = await sent(CHAT, { ...body, model: 'claude' })
    expect(translated.seen).toMatchObject({ max_tokens: 50 })
    expect(translated.seen).not.toHaveProperty('stop_sequences')
    expect(translated.receipt?.warnings).toContain('/metadata;unsupported')
    const large = asking({ messages: [{ role: 'user', content: 'x'.repeat(5_000) }], max_tokens: 900 })
    const limited = await sent(CHAT, large)
    expect(limited.receipt).toMatchObject({ model_requested: 'chat', model_served: 'gpt' })
    expect(limited.receipt?.attempts[0]?.why).toBe('rule rule 5; only channel')
    expect(limited.explained.quote?.output_tokens_max).toBe(9)
    expect(limited.receipt?.quote_usd).toBe(limited.explained.quote?.amount_usd ?? '')
    expect(limited.seen).not.toHaveProperty('max_tokens')
  })

  test('is none of a fallback’s ways around', async () => {
    const body = asking({ model: 'chat', fallbacks: ['gem', 'both'], stream: true })
    const { receipt, explained } = await sent(CHAT, body)
    expect(explained.candidates.map(({ upstream_model: model }) => model)).toEqual(['chat', 'both', 'both'])
    expect(receipt?.warnings).toContain('/fallbacks;unsupported')
    expect((await sent(CHAT, { ...body, model: 'gem', fallbacks: [] })).answer.status).toBe(403)
  })

  test('of a group that is administered counts at once, and what it says is checked', async () => {
    const group = {
      id: 'guests',
      rules: [{ name: 'guests', when: { hours: '00:00-24:00' }, do: { refuse: 'Not today.' } }],
    }
    expect((await stand.gateway.call('POST', '/api/admin/groups', group)).status).toBe(201)
    const { key } = await keyWith([], { group: 'guests' })
    expect((await sent(CHAT, asking(), {}, key)).text).toContain('Not today.')
    const wrong = { id: 'wrong', rules: [{ do: { channels: ['nobody'] } }] }
    const refused = await stand.gateway.call('POST', '/api/admin/groups', wrong)
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { param: expect.stringContaining('rules[0].do.channels[0]') } },
    })
  })
})
