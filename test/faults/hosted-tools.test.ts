import { afterAll, beforeAll, expect, test } from 'bun:test'
import { recompute } from '../../src/receipts/recompute.ts'
import type { Admin, ReceiptJson } from '../harness/admin.ts'
import { until } from './formats.ts'
import { DIALECTS, replyJson, type Script, type Stage, START_MS, startStage, stream } from './scripted.ts'

/// Tools that the vendor runs itself: what they read, and what they cost beside tokens.

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const { responses } = DIALECTS
const MESSAGE = { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] }
const answer = (input_tokens: number, output: readonly object[] = [], more: object = {}) => ({
  ...{ id: 'resp_1', object: 'response', status: 'completed', model: 'gpt', output: [...output, MESSAGE] },
  ...{ usage: { input_tokens, output_tokens: 5, total_tokens: input_tokens + 5 }, ...more },
})
const streamed = (response: ReturnType<typeof answer>): Script =>
  stream(async (out) => {
    const events = [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [], usage: null } },
      ...response.output.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })),
      { type: 'response.completed', response },
    ]
    for (const event of events) await out.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    out.end()
  })

const receiptsOf = async (admin: Admin, userId: string, count: number): Promise<readonly ReceiptJson[]> => {
  await until('the receipts', async () => (await admin.requests({ user_id: userId })).length >= count)
  return admin.requests({ user_id: userId })
}

const reading: readonly (readonly [string, object])[] = [
  ['mcp', { server_label: 'x', server_url: 'https://mine.test', require_approval: 'never' }],
  ['file_search', { vector_store_ids: ['vs_1'] }],
  ['code_interpreter', { container: { type: 'auto' } }],
  ['programmatic_tool_calling', {}],
]
test.each(reading)(
  'what the tool %s may read is held, so that a balance bounds what many at once can cost',
  async (type, more) => {
    const { gateway } = stage
    // A window of 200,000 tokens is $0.75: one at a time, and no more than two.
    const customer = await gateway.createCustomer('1')
    const script: Script = async (socket, asked) => {
      await Bun.sleep(300)
      await replyJson(answer(150_000))(socket, asked)
    }
    const init = {
      headers: { 'x-api-key': customer.key },
      body: { max_output_tokens: 100, tools: [{ type, ...more }] },
    }
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const each = await stage.ask(responses, script, init)
        await each.text()
        return each.status
      }),
    )
    const served = statuses.filter((status) => status === 200)
    expect(served.length).toBeLessThan(3)
    expect(statuses.filter((status) => status === 402)).toHaveLength(12 - served.length)
    const receipts = await receiptsOf(gateway, customer.userId, served.length)
    expect(receipts.map((receipt) => receipt.uncollected_usd)).toEqual(served.map(() => '0.000000000'))
  },
)

const nanoOf = (usd: string): bigint => BigInt(usd.replace('.', ''))
const TEXT_NANO = 100n * 3_000n + 5n * 15_000n
const IMAGE = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'iVBOR' }
const TOLD = { tool_usage: { image_gen: { input_tokens: 50, output_tokens: 4_160, total_tokens: 4_210 } } }
const billed: readonly (readonly [string, object, ReturnType<typeof answer>, object, bigint])[] = [
  [
    'an image that the vendor counts',
    { type: 'image_generation' },
    answer(100, [IMAGE], TOLD),
    { image_input: 50, image_output: 4_160 },
    50n * 10_000n + 4_160n * 40_000n,
  ],
  [
    'an image of the model that the tool names',
    { type: 'image_generation', model: 'gpt-image-1-mini' },
    answer(100, [IMAGE], TOLD),
    { image_input: 50, image_output: 4_160 },
    50n * 2_500n + 4_160n * 8_000n,
  ],
  [
    'an image nobody counts',
    { type: 'image_generation', quality: 'low', size: '1024x1024' },
    answer(100, [{ ...IMAGE, quality: 'low', size: '1024x1024' }]),
    { image_output: 272 },
    272n * 40_000n,
  ],
  [
    'searches of files',
    { type: 'file_search', vector_store_ids: ['vs_1'] },
    answer(100, [{ type: 'file_search_call' }, { type: 'file_search_call' }]),
    { file_searches: 2 },
    5_000_000n,
  ],
  [
    'a container',
    { type: 'code_interpreter', container: { type: 'auto' } },
    answer(100, [{ type: 'code_interpreter_call', container_id: 'cntr_1' }]),
    { code_sessions: 1 },
    30_000_000n,
  ],
]
test.each(billed.flatMap((row) => [[...row, false] as const, [...row, true] as const]))(
  '%s: billed, within what was held, and the receipt proves it',
  async (_what, tool, response, units, fee, isStream) => {
    const { gateway } = stage
    const customer = await gateway.createCustomer('5')
    const init = {
      headers: { 'x-api-key': customer.key },
      body: { max_output_tokens: 100, tools: [tool], stream: isStream },
    }
    await (await stage.ask(responses, isStream ? streamed(response) : replyJson(response), init)).text()
    const [receipt] = await receiptsOf(gateway, customer.userId, 1)
    if (!receipt) throw new Error('there is no receipt')
    expect(receipt.usage).toMatchObject({ input: 100, output: 5, ...units })
    expect(nanoOf(receipt.cost_usd)).toBe(TEXT_NANO + fee)
    expect(nanoOf(receipt.quote_usd)).toBeGreaterThanOrEqual(TEXT_NANO + fee)
    expect(recompute(receipt)).toMatchObject({ ok: true })
  },
)

test('a tool for images that names a model nobody has priced is refused before it is sent', async () => {
  const askedBefore = stage.upstream.asked.length
  const tools = [{ type: 'image_generation', model: 'gpt-image-of-tomorrow' }]
  const refused = await stage.ask(responses, 'never asked', { body: { tools } })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({ error: { code: 'unknown_model_pricing' } })
  expect(stage.upstream.asked.length).toBe(askedBefore)
})
