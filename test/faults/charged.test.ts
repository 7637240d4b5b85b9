import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { until } from './formats.ts'
import {
  CATALOGUE,
  CHAT,
  chatAnswer,
  configFor,
  replyJson,
  type Script,
  type Scripted,
  START_MS,
  startScripted,
  stream,
} from './scripted.ts'

const MADE = { provider: 'acme', type: 'chat', context_window: 200_000, max_output_tokens: 10_000 }
const PRICE = { input: '3', output: '15', service_tiers: { priority: { input: '30', output: '150' } } }
const catalogue = {
  models: {
    ...CATALOGUE.models,
    tiered: { ...MADE, price: PRICE },
    wild: { ...MADE, multiplier: '1000', price: { input: '3', output: '15' } },
  },
}

let upstream: Scripted
let gateway: Gateway
let customer: Customer

beforeAll(async () => {
  upstream = await startScripted()
  const { channels, ...own } = configFor(upstream) as { readonly channels: readonly object[] }
  gateway = await startGateway({
    catalogue,
    config: {
      ...own,
      groups: { default: {}, dear: { multiplier: '1000' } },
      channels: [
        ...channels,
        { id: 'ge2', provider: 'ge', models: ['gemini-2.5-pro'] },
        { id: 'oc2', provider: 'oc', models: ['tiered', 'wild', 'gpt-5'], groups: ['default', 'dear'] },
      ],
    } as never,
  })
  customer = await gateway.createCustomer('50')
}, START_MS)
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
}, START_MS)

const USED = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 }
const chat = (usage: object = USED, more: object = {}): Script => replyJson(chatAnswer({ usage, ...more }))
const gemini = replyJson({
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 100, totalTokenCount: 1_100 },
})
const message = (usage: object): Script =>
  replyJson({
    type: 'message',
    role: 'assistant',
    model: 'claude',
    stop_reason: 'end_turn',
    content: [{ type: 'text', text: 'Hello' }],
    usage,
  })

const post = (path: string, body: string, key = customer.key): Promise<Response> =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body,
  })

/** Asks with the members `more` beside a prompt that this script answers; the receipt, and what the provider was sent. */
const charged = async (path: string, more: string, script: Script) => {
  const prompt = upstream.plays(script)
  const answer = await post(path, `{${more},"max_tokens":200,"messages":[{"role":"user","content":"${prompt}"}]}`)
  await answer.text()
  expect(answer.status).toBe(200)
  const id = answer.headers.get('x-request-id') ?? ''
  let receipt: ReceiptJson | undefined
  await until('the receipt', async () => {
    receipt = (await gateway.requests({})).find((one) => one.request_id === id)
    return receipt !== undefined
  })
  if (!receipt) throw new Error('no receipt')
  return { receipt, sent: upstream.asked.at(-1)?.text ?? '' }
}

describe('a tier of service is charged', () => {
  const messages = '/v1/messages'
  const own = '/v1/chat/completions'
  type Row = readonly [string, string, string, Script, string | undefined, string]
  const rows: readonly Row[] = [
    [
      'not where a translation cannot send it',
      messages,
      '"model":"gemini-2.5-pro","speed":"fast"',
      gemini,
      undefined,
      '0.002250000',
    ],
    ['not by any other name either', messages, '"model":"gpt-5","speed":"fast"', chat(), undefined, '0.002250000'],
    ['not where its prices are custom', messages, '"model":"tiered","speed":"fast"', chat(), undefined, '0.004500000'],
    [
      'where a translation sends it',
      messages,
      '"model":"tiered","service_tier":"priority"',
      chat(),
      'priority',
      '0.045000000',
    ],
    [
      'where it is written in escapes',
      own,
      '"model":"tiered","service_tier":"pri\\u006frity"',
      chat(),
      'pri\\u006frity',
      '0.045000000',
    ],
    [
      'as it is reported, whatever was sent',
      own,
      '"model":"tiered","service_tier":"priority"',
      chat(USED, { service_tier: 'default' }),
      'priority',
      '0.004500000',
    ],
  ]
  test.each(rows)('%s', async (_, path, more, script, tier, cost) => {
    const { receipt, sent } = await charged(path, more, script)
    expect(receipt.cost_usd).toBe(cost)
    if (tier === undefined) expect(sent).not.toMatch(/tier"|"speed"/i)
    else expect(sent).toContain(`"service_tier":"${tier}"`)
  })

  test('no dearer than it is held', async () => {
    const plain = await charged(messages, '"model":"tiered","speed":"none"', chat())
    const fast = await charged(messages, '"model":"tiered","speed":"fast"', chat())
    const dear = await charged(messages, '"model":"tiered","service_tier":"priority"', chat())
    expect(fast.receipt.quote_usd).toBe(plain.receipt.quote_usd)
    expect(Number(dear.receipt.quote_usd)).toBeGreaterThan(9 * Number(plain.receipt.quote_usd))
  })
})

describe('a usage that cannot be true', () => {
  const huge = { prompt_tokens: 1e12, completion_tokens: 1e12, total_tokens: 2e12 }
  const rows: readonly (readonly [string, string, string, Script])[] = [
    ['of tokens', '/v1/chat/completions', '"model":"chat"', chat(huge)],
    ['of output alone', '/v1/chat/completions', '"model":"chat"', chat({ ...USED, completion_tokens: 40_001 })],
    [
      'of searches',
      '/v1/messages',
      '"model":"claude"',
      message({ input_tokens: 10, output_tokens: 5, server_tool_use: { web_search_requests: 1e12 } }),
    ],
    [
      'of a stream',
      '/v1/chat/completions',
      '"model":"chat","stream":true',
      stream(async (out) => {
        await out.write(CHAT.text('Hello'))
        await out.write(CHAT.end(1e12, 1e12))
        out.end()
      }),
    ],
    ['of a translated answer', '/v1/messages', '"model":"chat"', chat(huge)],
  ]
  test.each(rows)('%s is charged by what was delivered, and the receipt says so', async (_, path, more, script) => {
    const { receipt } = await charged(path, more, script)
    expect(receipt).toMatchObject({ ended: 'whole', usage_source: 'estimated', uncollected_usd: '0.000000000' })
    expect(receipt).toMatchObject({ raw_usage: expect.anything() })
    expect(receipt.warnings).toContain('/usage;usage-implausible')
    expect(Number(receipt.cost_usd)).toBeGreaterThan(0)
    expect(Number(receipt.cost_usd)).toBeLessThan(0.01)
  })

  test('stops nobody’s counting, and no account of the books', async () => {
    const { receipt } = await charged('/v1/chat/completions', '"model":"chat"', chat())
    expect(receipt).toMatchObject({ usage_source: 'upstream', cost_usd: '0.004500000', warnings: [] })
    const receipts = await gateway.requests({})
    await until('the counters', async () => {
      const { status, body } = await gateway.call('GET', '/api/admin/usage?group_by=day')
      return status === 200 && (body as { totals: { requests: number } }).totals.requests === receipts.length
    })
    expect(await gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
    expect((await gateway.call('GET', '/api/admin/ledger/accounts')).status).toBe(200)
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    expect(metrics).toMatch(/tollgate_usage_implausible_total\{[^}]*model="chat"[^}]*\} 4/)
  })
})

test('a quote of more than any database holds is a 402 like any other that is too high', async () => {
  const userId = await gateway.createUser(undefined, { rate_multiplier: '1000' })
  await gateway.credit(userId, '100')
  const { key } = await gateway.createKey({ user_id: userId, group: 'dear' })
  const body = { model: 'wild', n: 128, max_tokens: 10_000, messages: [{ role: 'user', content: 'x' }] }
  const answer = await post('/v1/chat/completions', JSON.stringify(body), key)
  expect([answer.status, await answer.json()]).toMatchObject([402, { error: { code: 'insufficient_balance' } }])
})
