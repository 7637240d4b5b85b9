import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../harness/databases.ts'
import { until } from '../harness/server-process.ts'
import {
  ask,
  CHAT_USAGE,
  create,
  heldUsd,
  line,
  linesText,
  made,
  requests,
  untilFree,
  upload,
  VERSION,
  ZERO,
} from './asking.ts'
import { type BatchStand, startBatchStand } from './stand.ts'

describe.each(DATABASES)('batches on %s', (kind) => {
  let stand: BatchStand
  beforeAll(async () => {
    stand = await startBatchStand(kind)
  }, START_TIMEOUT_MS)
  afterAll(() => stand.stop())

  test('a batch is held for when it is made, at the price of batches, and charged exactly when it ends', async () => {
    const customer = await stand.customer()
    const { id, requestId } = await made(stand, customer, [line('a'), line('b'), line('c')])
    // Of each request 100 tokens of output at 4 dollars a million, and the input at most.
    expect(Number(await heldUsd(stand, customer))).toBeGreaterThan(3 * 0.0004)
    expect(Number(await heldUsd(stand, customer))).toBeLessThan(3 * 0.002)
    stand.vendor.end(id, 'completed', () => ({ usage: CHAT_USAGE }))
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt).toMatchObject({
      request_id: requestId,
      action: 'batch',
      model_requested: 'mate',
      model_served: 'mate',
      provider: 'openai',
      ended: 'whole',
      usage_source: 'upstream',
      service_tier: 'batch',
      usage: { input: 240, cache_read: 60, output: 30 },
      // 240 × 1 + 60 × 0.5 + 30 × 4 micro-dollars.
      cost_usd: '0.000390000',
      uncollected_usd: ZERO,
    })
    await untilFree(stand, customer)
    expect(await stand.gateway().balance(customer.userId)).toMatchObject({ posted_usd: '9.999610000' })
  })

  test('a model without a price for batches is charged at its standard price', async () => {
    const customer = await stand.customer()
    const { id } = await made(stand, customer, [line('a', 'purser')])
    stand.vendor.end(id, 'completed', () => ({ usage: CHAT_USAGE }))
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt).toMatchObject({ service_tier: 'standard', cost_usd: '0.000260000' })
  })

  test('aliases and mapped names are sent as the provider knows them, in a file of their own', async () => {
    const customer = await stand.customer()
    const lines = [line('a', 'first-mate'), line('b', 'boatswain')]
    const { id, fileId, batch } = await made(stand, customer, lines)
    expect(stand.vendor.batches.get(id)?.lines.map(({ body }) => body['model'])).toEqual([
      'mate',
      'boatswain-2026-01-01',
    ])
    // The client sees the file that it named, which is as it was.
    expect(batch.body['input_file_id']).toBe(fileId)
    const content = await ask(stand, customer, 'GET', `/v1/files/${fileId}/content`)
    expect(content.text).toBe(linesText(lines))
    // Each model has a receipt of its own.
    stand.vendor.end(id, 'completed', (_, index) => ({
      usage: { prompt_tokens: 100 * (index + 1), completion_tokens: 10, total_tokens: 100 * (index + 1) + 10 },
    }))
    const [boatswain, mate] = await stand.receipts(customer, 2)
    expect(mate).toMatchObject({
      model_requested: 'first-mate',
      usage: { input: 100, output: 10 },
      cost_usd: '0.000140000',
    })
    expect(boatswain).toMatchObject({
      model_served: 'boatswain',
      usage: { input: 200, output: 10 },
      cost_usd: '0.000240000',
    })
    expect(boatswain?.request_id).toBe(`${mate?.request_id}-2`)
  })

  test.each([
    ['cancelled', 'client_cut'],
    ['expired', 'upstream_cut'],
  ] as const)('of one that was %s what was answered is charged', async (status, ended) => {
    const customer = await stand.customer()
    const { id } = await made(stand, customer, [line('a'), line('b'), line('c')])
    if (status === 'cancelled') {
      const told = await ask(stand, customer, 'POST', `/v1/batches/${id}/cancel`)
      expect(told.body['status']).toBe('cancelling')
    }
    const fates = [{ usage: CHAT_USAGE }, 'failed', status] as const
    stand.vendor.end(id, status, (_, index) => fates[index] ?? 'failed')
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt).toMatchObject({ ended, usage: { input: 80, cache_read: 20, output: 10 }, cost_usd: '0.000130000' })
    await untilFree(stand, customer)
  })

  test('one that failed costs nothing, and gives back all that was held', async () => {
    const customer = await stand.customer()
    const { id } = await made(stand, customer, [line('a')])
    stand.vendor.fail(id)
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt).toMatchObject({ ended: 'failed', cost_usd: ZERO })
    await untilFree(stand, customer)
  })

  test('an answer whose usage nobody tells is estimated, never free', async () => {
    const customer = await stand.customer()
    const { id } = await made(stand, customer, [line('a')])
    stand.vendor.end(id, 'completed', () => ({ usage: undefined }))
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt).toMatchObject({ usage_source: 'estimated' })
    expect(receipt?.usage['input']).toBeGreaterThan(10)
    expect(receipt?.usage['output']).toBeGreaterThan(0)
  })

  test('embeddings have no output', async () => {
    const customer = await stand.customer()
    const body = { model: 'chart-embedding', input: 'Which way?' }
    const row = { custom_id: 'a', method: 'POST', url: '/v1/embeddings', body }
    const file = await upload(stand, customer, linesText([row]))
    const batch = await create(stand, customer, file.id, '/v1/embeddings')
    stand.vendor.end(batch.id, 'completed', () => ({ usage: { prompt_tokens: 50, total_tokens: 50 } }))
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt).toMatchObject({ usage: { input: 50, output: 0 }, cost_usd: '0.000050000' })
  })

  test('Messages batches: one receipt for each model, and another for those that are dearer by their size', async () => {
    const customer = await stand.customer()
    const batch = await requests(stand, customer, ['captain', 'cook', 'cook'])
    expect(batch.body).toMatchObject({ type: 'message_batch', processing_status: 'in_progress' })
    const sizes = [100, 100, 2_000]
    stand.vendor.end(batch.id, 'completed', (_, index) => ({
      usage: { input_tokens: sizes[index], output_tokens: 10, cache_creation_input_tokens: 8, service_tier: 'batch' },
    }))
    const [captain, ...cooks] = await stand.receipts(customer, 3)
    expect(captain).toMatchObject({
      client_format: 'anthropic-messages',
      service_tier: 'batch',
      usage: { input: 100, cache_write_5m: 8, output: 10 },
      // 100 × 1 + 8 × 1.25 + 10 × 4
      cost_usd: '0.000150000',
    })
    const [dear, base] = cooks.toSorted((one, other) => Number(other.cost_usd) - Number(one.cost_usd))
    // 100 × 2 + 8 × 2.5 + 10 × 8, and above a thousand tokens 2,000 × 4 + 8 × 2.5 × 2 + 10 × 16.
    expect(base).toMatchObject({ request_id: `${captain?.request_id}-2`, cost_usd: '0.000300000' })
    expect(dear?.request_id).toBe(`${captain?.request_id}-2-above-1000`)
    expect(dear).toMatchObject({ usage: { input: 2_000, output: 10 } })
    await untilFree(stand, customer)
  })

  test('whoever reads results has been charged for them, also when nobody else had seen the end', async () => {
    const customer = await stand.customer()
    const batch = await requests(stand, customer, ['captain'])
    const id = batch.id
    stand.vendor.end(id, 'completed', () => ({ usage: { input_tokens: 100, output_tokens: 10 } }))
    const results = await ask(stand, customer, 'GET', `/v1/messages/batches/${id}/results`, undefined, VERSION)
    expect(results.text).toBe(stand.vendor.batches.get(id)?.results ?? 'none')
    expect(await stand.gateway().requests({ key_id: customer.keyId })).toMatchObject([{ cost_usd: '0.000140000' }])
    const deleted = await ask(stand, customer, 'DELETE', `/v1/messages/batches/${id}`, undefined, VERSION)
    expect(deleted.body).toMatchObject({ id, type: 'message_batch_deleted' })
    expect((await ask(stand, customer, 'GET', `/v1/messages/batches/${id}`, undefined, VERSION)).status).toBe(404)
  })

  test('a batch that costs more than there is is refused, and leaves nothing held and nothing at the provider', async () => {
    const customer = await stand.customer('0.0001')
    const file = await upload(stand, customer, linesText([line('a')]))
    const before = stand.vendor.batches.size
    const batch = await create(stand, customer, file.id)
    expect(batch.status).toBe(402)
    expect(stand.vendor.batches.size).toBe(before)
    expect(await heldUsd(stand, customer)).toBe(ZERO)
    expect((await ask(stand, customer, 'GET', '/v1/batches')).body['data']).toEqual([])
  })

  test('a batch that the provider made without saying so is found and charged', async () => {
    const customer = await stand.customer()
    const file = await upload(stand, customer, linesText([line('a')]))
    const known = new Set(stand.vendor.batches.keys())
    stand.vendor.breakNextCreation()
    expect((await create(stand, customer, file.id)).status).toBe(502)
    const id = [...stand.vendor.batches.keys()].find((one) => !known.has(one)) ?? 'none'
    await until('it is in the list', async () => {
      const { body } = await ask(stand, customer, 'GET', `/v1/batches/${id}`)
      return body['id'] === id
    })
    stand.vendor.end(id, 'completed', () => ({ usage: CHAT_USAGE }))
    expect(await stand.receipts(customer, 1)).toMatchObject([{ cost_usd: '0.000130000' }])
    await untilFree(stand, customer)
  })

  test('killed between the end and the charge, it is charged once by the process that follows', async () => {
    const customer = await stand.customer()
    const { id } = await made(stand, customer, [line('a'), line('b', 'boatswain')])
    const askedBefore = stand.vendor.resultsAsked()
    stand.vendor.holdResults()
    stand.vendor.end(id, 'completed', () => ({ usage: CHAT_USAGE }))
    await until('somebody reads the results', () => stand.vendor.resultsAsked() > askedBefore)
    expect(await stand.gateway().requests({ key_id: customer.keyId })).toEqual([])
    await stand.killAndRestart()
    stand.vendor.releaseResults()
    const receipts = await stand.receipts(customer, 2)
    expect(receipts.map(({ cost_usd }) => cost_usd)).toEqual(['0.000130000', '0.000130000'])
    await untilFree(stand, customer)
    expect(await stand.gateway().balance(customer.userId)).toMatchObject({ posted_usd: '9.999740000' })
  }, 90_000)

  test('the books add up', async () => {
    expect(await stand.gateway().ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
  })
})
