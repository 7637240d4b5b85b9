import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import OpenAI, { toFile } from 'openai'
import { CHAT_USAGE, line, linesText } from '../batches/asking.ts'
import { type BatchStand, startBatchStand } from '../batches/stand.ts'
import type { Customer } from '../harness/admin.ts'
import { STORAGE } from '../harness/storage.ts'

const TIMEOUT_MS = 60_000
setDefaultTimeout(TIMEOUT_MS)

let stand: BatchStand
let customer: Customer
beforeAll(async () => {
  stand = await startBatchStand(STORAGE)
  customer = await stand.customer()
})
afterAll(() => stand.stop())

const openai = () => new OpenAI({ baseURL: `${stand.gateway().url}/v1`, apiKey: customer.key, maxRetries: 0 })
const anthropic = () => new Anthropic({ baseURL: stand.gateway().url, apiKey: customer.key, maxRetries: 0 })

/** The SDKs' promises begin when they are waited for. */
const failureOf = (asked: PromiseLike<unknown>): PromiseLike<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  )

test('the OpenAI SDK uploads a file, makes a batch of it, waits for it and reads its results', async () => {
  const client = openai()
  const file = await client.files.create({
    file: await toFile(Buffer.from(linesText([line('a'), line('b')])), 'lines.jsonl'),
    purpose: 'batch',
  })
  expect(await client.files.retrieve(file.id)).toMatchObject({ id: file.id, purpose: 'batch' })
  const batch = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  expect(batch).toMatchObject({ status: 'in_progress', input_file_id: file.id })
  stand.vendor.end(batch.id, 'completed', () => ({ usage: CHAT_USAGE }))
  const ended = await client.batches.retrieve(batch.id)
  expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 2 } })
  const results = await (await client.files.content(ended.output_file_id ?? '')).text()
  expect(
    results
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one).custom_id),
  ).toEqual(['a', 'b'])
  const listed: string[] = []
  for await (const one of client.batches.list()) listed.push(one.id)
  expect(listed).toEqual([batch.id])
  const receipt = await stand.gateway().receipt(batch._request_id ?? '', customer.key)
  expect(receipt.cost_usd).toBe('0.000260000')
  expect(await client.files.delete(file.id)).toMatchObject({ deleted: true })
  expect(await failureOf(client.files.retrieve(file.id))).toBeInstanceOf(OpenAI.NotFoundError)
})

test('the OpenAI SDK cancels a batch, and lists files page by page', async () => {
  const client = openai()
  const file = await client.files.create({
    file: await toFile(Buffer.from(linesText([line('a')])), 'a.jsonl'),
    purpose: 'batch',
  })
  const made = { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const
  const batch = await client.batches.create(made)
  expect(await client.batches.cancel(batch.id)).toMatchObject({ status: 'cancelling' })
  const ids: string[] = []
  for await (const one of client.files.list({ limit: 1 })) ids.push(one.id)
  expect(ids).toContain(file.id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('the Anthropic SDK makes a batch of messages, and reads its results from the address that it is told', async () => {
  const { batches } = anthropic().messages
  const params = { model: 'captain', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Which way?' }] }
  const batch = await batches.create({
    requests: [
      { custom_id: 'a', params },
      { custom_id: 'b', params },
    ],
  })
  expect(batch.processing_status).toBe('in_progress')
  stand.vendor.end(batch.id, 'completed', (_, index) =>
    index === 0 ? { usage: { input_tokens: 100, output_tokens: 10, service_tier: 'batch' } } : 'failed',
  )
  expect(await batches.retrieve(batch.id)).toMatchObject({ request_counts: { succeeded: 1, errored: 1 } })
  const results = []
  for await (const result of await batches.results(batch.id)) results.push([result.custom_id, result.result.type])
  expect(results).toEqual([
    ['a', 'succeeded'],
    ['b', 'errored'],
  ])
  const listed: string[] = []
  for await (const one of batches.list()) listed.push(one.id)
  expect(listed).toEqual([batch.id])
  expect(await batches.delete(batch.id)).toMatchObject({ id: batch.id })
  expect(await failureOf(batches.retrieve(batch.id))).toBeInstanceOf(Anthropic.NotFoundError)
})

test('the Anthropic SDK cancels a batch', async () => {
  const { batches } = anthropic().messages
  const params = { model: 'captain', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Which way?' }] }
  const batch = await batches.create({ requests: [{ custom_id: 'a', params }] })
  expect(await batches.cancel(batch.id)).toMatchObject({ processing_status: 'canceling' })
})
