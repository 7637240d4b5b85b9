import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHAT, type Dialect, DIALECTS, replyJson, type Stage, START_MS, startStage, stream } from './scripted.ts'

/// What users of such gateways have been told that they cost: each number through a whole gateway. The formula alone is
/// in `src/metering/documented.test.ts`; what is refused, and how, in `documented-refusals.test.ts`.

const folder = mkdtempSync(join(tmpdir(), 'tollgate-costs-'))
const catalogue = join(folder, 'model_catalog.json')
const made = { provider: 'acme', type: 'chat', context_window: 200_000, max_output_tokens: 4_096 }
const MODELS = {
  flat: { ...made, price: { input: '3', output: '15' } },
  reduced: { ...made, multiplier: '0.8', price: { input: '3', output: '15' } },
  complete: { ...made, type: 'completion', price: { input: '10', output: '30' } },
}
const CLAUDES = ['claude-opus-4-7', 'claude-sonnet-4-6', 'claude-haiku-4-5']

/** Who asks: the plans are those of the table below, and everybody has enough. */
const PEOPLE = {
  anybody: {},
  'at 1.5': { rate_multiplier: '1.5' },
  basic: { plan: 'basic' },
  pro: { plan: 'pro' },
} as const
type Person = keyof typeof PEOPLE

let stage: Stage
const keys = new Map<Person, string>()

beforeAll(async () => {
  writeFileSync(catalogue, JSON.stringify({ models: MODELS }))
  stage = await startStage({
    catalogue,
    plans: {
      basic: { discount: '0.70', rpm: 200, tpm: 1_000_000 },
      pro: { discount: '0.80', rpm: 500, tpm: 2_000_000, price_usd: '19' },
    },
    channels: [
      { id: 'an', provider: 'an', models: CLAUDES },
      { id: 'oc', provider: 'oc', models: ['flat', 'reduced', 'complete', 'gpt-4o', 'gpt-4-turbo'] },
    ],
  })
  for (const [person, more] of Object.entries(PEOPLE)) {
    const userId = await stage.gateway.createUser(undefined, more)
    await stage.gateway.credit(userId, '100')
    keys.set(person as Person, (await stage.gateway.createKey({ user_id: userId })).key)
  }
}, START_MS)
afterAll(async () => {
  await stage?.stop()
  rmSync(folder, { recursive: true, force: true })
}, START_MS)

const chat = (input: number, output: number) => ({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
})
const message = (usage: object, content: readonly object[] = [{ type: 'text', text: 'Hello' }]) => ({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', stop_reason: 'end_turn' },
  content,
  usage,
})
const completion = (input: number, output: number) => ({
  ...{ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'complete' },
  choices: [{ text: 'Hello', index: 0, finish_reason: 'stop' }],
  usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
})

const COMPLETIONS: Dialect = {
  name: 'openai-completions',
  path: '/v1/completions',
  body: (prompt) => ({ model: 'complete', prompt, max_tokens: 500 }),
}

interface Costing {
  readonly person?: Person
  readonly model: string
  readonly dialect?: Dialect
  readonly answer: object
  readonly cost: string
}

const costOf = async ({ person = 'anybody', model, dialect = DIALECTS.chat, answer }: Costing) => {
  const headers = { 'x-api-key': keys.get(person) ?? '' }
  const answered = await stage.ask(dialect, replyJson(answer), { headers, body: { model } })
  await answered.text()
  return answered
}

const CLAUDE = { model: 'claude-sonnet-4-6', dialect: DIALECTS.messages }
const WITH_THOUGHT = [
  { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
  { type: 'text', text: 'Two.' },
]

const COSTS: readonly (readonly [string, Costing])[] = [
  // (tokens in × price in + tokens out × price out) ÷ 1,000,000 × the user's rate × the model's.
  ['the formula, with both rates one', { model: 'flat', answer: chat(1_000, 500), cost: '0.010500000' }],
  ["the user's rate", { person: 'at 1.5', model: 'flat', answer: chat(1_000, 500), cost: '0.015750000' }],
  ["the model's rate", { model: 'reduced', answer: chat(1_000, 500), cost: '0.008400000' }],
  ['both rates', { person: 'at 1.5', model: 'reduced', answer: chat(1_000, 500), cost: '0.012600000' }],
  ['a short answer of gpt-4o, cut at 50 tokens', { model: 'gpt-4o', answer: chat(12, 50), cost: '0.000530000' }],
  [
    'a completion of 12 tokens in and 488 out, of 500 allowed',
    { model: 'complete', dialect: COMPLETIONS, answer: completion(12, 488), cost: '0.014760000' },
  ],
  [
    "usage in Anthropic's words: 12 in, 15 out",
    { ...CLAUDE, answer: message({ input_tokens: 12, output_tokens: 15 }), cost: '0.000261000' },
  ],
  [
    'the same with the smaller plan: 70 % off',
    { ...CLAUDE, person: 'basic', answer: message({ input_tokens: 12, output_tokens: 15 }), cost: '0.000078300' },
  ],
  [
    'the same with the larger plan: 80 % off',
    { ...CLAUDE, person: 'pro', answer: message({ input_tokens: 12, output_tokens: 15 }), cost: '0.000052200' },
  ],
  // A system prompt of 10,000 tokens, asked for to be cached.
  [
    'without a cache: the input price',
    { ...CLAUDE, answer: message({ input_tokens: 10_000, output_tokens: 0 }), cost: '0.030000000' },
  ],
  [
    'the first request of a cache, which lasts five minutes: 1.25 times the input price',
    {
      ...CLAUDE,
      answer: message({ input_tokens: 0, cache_creation_input_tokens: 10_000, output_tokens: 0 }),
      cost: '0.037500000',
    },
  ],
  [
    'the requests after it: a tenth of the input price',
    {
      ...CLAUDE,
      answer: message({ input_tokens: 0, cache_read_input_tokens: 10_000, output_tokens: 0 }),
      cost: '0.003000000',
    },
  ],
  [
    'a cache for an hour: twice the input price',
    {
      ...CLAUDE,
      answer: message({
        input_tokens: 0,
        cache_creation_input_tokens: 10_000,
        cache_creation: { ephemeral_1h_input_tokens: 10_000, ephemeral_5m_input_tokens: 0 },
        output_tokens: 0,
      }),
      cost: '0.060000000',
    },
  ],
  [
    'a prompt below the 1,024 tokens that can be cached: the vendor reports none, so the input price',
    {
      ...CLAUDE,
      answer: message({
        ...{ input_tokens: 1_000, output_tokens: 0 },
        ...{ cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
      }),
      cost: '0.003000000',
    },
  ],
  [
    'the plan takes its share off cached tokens as well',
    {
      ...CLAUDE,
      person: 'pro',
      answer: message({ input_tokens: 0, cache_read_input_tokens: 10_000, output_tokens: 0 }),
      cost: '0.000600000',
    },
  ],
  [
    'thinking: billed as output, of which the vendor reports it as a part',
    { ...CLAUDE, answer: message({ input_tokens: 100, output_tokens: 500 }, WITH_THOUGHT), cost: '0.007800000' },
  ],
]

describe('a documented example costs what it says', () => {
  test.each(COSTS)('%s', async (_title, example) => {
    const answered = await costOf(example)
    expect([answered.status, answered.headers.get('x-tollgate-cost-usd')]).toEqual([200, example.cost])
    const key = keys.get(example.person ?? 'anybody') ?? ''
    const receipt = await stage.gateway.receipt(answered.headers.get('x-request-id') ?? '', key)
    expect(receipt).toMatchObject({ cost_usd: example.cost, usage_source: 'upstream', ended: 'whole' })
  })

  test('a stream whose last event reports the usage', async () => {
    const script = stream(async (out) => {
      await out.write(CHAT.text('Hello'))
      await out.write(CHAT.text('!'))
      await out.write(CHAT.end(1_000, 500))
      out.end()
    })
    const headers = { 'x-api-key': keys.get('at 1.5') ?? '' }
    const answered = await stage.ask(DIALECTS.chat, script, { headers, body: { model: 'flat', stream: true } })
    expect(await answered.text()).toContain('data: [DONE]')
    await stage.settled()
    const receipt = await stage.gateway.receipt(answered.headers.get('x-request-id') ?? '', headers['x-api-key'])
    expect(receipt).toMatchObject({ cost_usd: '0.015750000', usage_source: 'upstream', ended: 'whole' })
  })
})

/** USD per million tokens, input and output, and what 100,000 in and 10,000 out come to. */
type Column = readonly [string, string, string]
const PLAN_TABLE: readonly (readonly [string, Column, Column, Column])[] = [
  ['claude-opus-4-7', ['5', '25', '0.750000000'], ['1.5', '7.5', '0.225000000'], ['1', '5', '0.150000000']],
  ['claude-sonnet-4-6', ['3', '15', '0.450000000'], ['0.9', '4.5', '0.135000000'], ['0.6', '3', '0.090000000']],
  ['claude-haiku-4-5', ['1', '5', '0.150000000'], ['0.3', '1.5', '0.045000000'], ['0.2', '1', '0.030000000']],
]

const shownTo = async (person: Person, model: string) => {
  const headers = { 'x-api-key': keys.get(person) ?? '' }
  return (await fetch(`${stage.gateway.url}/v1/models/${model}`, { headers })).json()
}

describe('the table of plans', () => {
  const rows = PLAN_TABLE.flatMap(([model, official, basic, pro]) => [
    [model, 'anybody', official, official] as const,
    [model, 'basic', basic, official] as const,
    [model, 'pro', pro, official] as const,
  ])
  test.each(rows)('%s for %s', async (model, person, [input, output, cost], [officialInput, officialOutput]) => {
    const shown = await shownTo(person, model)
    expect(shown).toMatchObject({
      pricing: { input: officialInput, output: officialOutput },
      your_pricing: { input, output },
      pricing_unit: 'usd_per_million_tokens',
    })
    // The table gives all three a window of 200,000 tokens; the catalogue has what their vendor says by now.
    expect((shown as { context_window: number }).context_window).toBeGreaterThanOrEqual(200_000)
    const answer = message({ input_tokens: 100_000, output_tokens: 10_000 })
    const answered = await costOf({ person, model, dialect: DIALECTS.messages, answer, cost })
    expect([answered.status, answered.headers.get('x-tollgate-cost-usd')]).toEqual([200, cost])
  })

  test.each([
    ['basic', '200', '1000000'],
    ['pro', '500', '2000000'],
  ] as const)('%s has %s requests and %s tokens a minute', async (person, requests, tokens) => {
    const answer = message({ input_tokens: 1, output_tokens: 1 })
    const { headers } = await costOf({ ...CLAUDE, person, answer, cost: '' })
    expect(headers.get('anthropic-ratelimit-requests-limit')).toBe(requests)
    expect(headers.get('anthropic-ratelimit-tokens-limit')).toBe(tokens)
    expect(headers.get('X-RateLimit-Limit')).toBe(requests)
  })

  test('the larger plan costs 19 USD, once; the smaller one nothing', async () => {
    const userId = await stage.gateway.createUser()
    await stage.gateway.credit(userId, '20')
    const buy = (plan: string) =>
      stage.gateway.call('POST', `/api/admin/users/${userId}/plan-purchase`, { plan, idempotency_key: plan + userId })
    expect((await buy('basic')).status).toBe(201)
    expect(await stage.gateway.balance(userId)).toMatchObject({ posted_usd: '20.000000000' })
    expect((await buy('pro')).status).toBe(201)
    expect(await stage.gateway.balance(userId)).toMatchObject({ posted_usd: '1.000000000' })
    // Sent again, it is the same purchase.
    expect((await buy('pro')).status).toBe(201)
    expect(await stage.gateway.balance(userId)).toMatchObject({ posted_usd: '1.000000000' })
  })

  test('an older list states its prices for a thousand tokens: 0.01 and 0.03 are 10 and 30 a million', async () => {
    expect(await shownTo('anybody', 'gpt-4-turbo')).toMatchObject({
      ...{ id: 'gpt-4-turbo', object: 'model', provider: 'openai', type: 'chat', context_window: 128_000 },
      pricing: { input: '10', output: '30' },
      pricing_unit: 'usd_per_million_tokens',
    })
  })
})
