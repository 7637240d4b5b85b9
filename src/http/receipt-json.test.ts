import { expect, test } from 'bun:test'
import type { Receipt } from '../canon/receipt.ts'
import { NO_USAGE } from '../canon/usage.ts'
import { nanoUsd, nanoUsdPerMtok, ONE, partsPerMillion, tokens, ZERO_USD } from '../units.ts'
import { ReceiptSchema } from './admin/receipt-schema.ts'
import { renderReceipt } from './receipt-json.ts'

const receipt: Receipt = {
  requestId: 'req_1',
  atMs: Date.UTC(2026, 10, 21, 12, 0, 0, 7),
  userId: 'user_1',
  keyId: 'key_1',
  projectId: null,
  group: 'default',
  clientFormat: 'anthropic-messages',
  upstreamFormat: 'anthropic-messages',
  action: 'generate',
  modelRequested: 'aiproxy/sonnet',
  modelServed: 'claude-sonnet-4-6',
  provider: 'claude-main',
  channel: 'kiro-1',
  attempts: [
    { channel: 'kiro-0', status: 529, error: 'overloaded', ms: 3 },
    { channel: 'kiro-1', key: '2', why: 'weighted 1', status: 200, error: null, ms: 840 },
  ],
  status: 200,
  stream: true,
  ended: 'whole',
  usage: {
    ...NO_USAGE,
    input: tokens(12),
    cacheRead: tokens(2_000),
    cacheWrite1h: tokens(5),
    output: tokens(30),
    reasoning: tokens(9),
  },
  usageSource: 'upstream',
  rawUsage: { input_tokens: 12 },
  prices: {
    input: nanoUsdPerMtok(3_000_000_000n),
    output: nanoUsdPerMtok(15_000_000_000n),
    cacheRead: nanoUsdPerMtok(37_500_000n),
    cacheWrite5m: nanoUsdPerMtok(3_750_000_000n),
    cacheWrite1h: nanoUsdPerMtok(6_000_000_000n),
    inputAudio: undefined,
    outputAudio: undefined,
  },
  multipliers: { user: ONE, model: partsPerMillion(1_250_000n), group: ONE, planDiscount: partsPerMillion(300_000n) },
  quote: nanoUsd(1_000_000_000n),
  cost: nanoUsd(1n),
  uncollected: ZERO_USD,
  latencyMs: 845,
  ttftMs: 210,
  overheadMs: 2,
  warnings: ['thinking was dropped'],
}

test('a receipt is written whole, in snake case, with exact decimal strings', () => {
  expect(renderReceipt(receipt)).toEqual({
    request_id: 'req_1',
    at: '2026-11-21T12:00:00.007Z',
    user_id: 'user_1',
    key_id: 'key_1',
    project_id: null,
    group: 'default',
    client_format: 'anthropic-messages',
    upstream_format: 'anthropic-messages',
    action: 'generate',
    model_requested: 'aiproxy/sonnet',
    model_served: 'claude-sonnet-4-6',
    provider: 'claude-main',
    channel: 'kiro-1',
    attempts: [
      { channel: 'kiro-0', key: null, why: null, status: 529, error: 'overloaded', ms: 3, start_ms: null },
      { channel: 'kiro-1', key: '2', why: 'weighted 1', status: 200, error: null, ms: 840, start_ms: null },
    ],
    status: 200,
    stream: true,
    ended: 'whole',
    usage: { input: 12, cache_read: 2000, cache_write_5m: 0, cache_write_1h: 5, output: 30, reasoning: 9 },
    usage_source: 'upstream',
    service_tier: 'standard',
    prices: {
      input: '3.000000000',
      cache_read: '0.037500000',
      cache_write_5m: '3.750000000',
      cache_write_1h: '6.000000000',
      output: '15.000000000',
    },
    multipliers: { user: '1', model: '1.25', group: '1', plan_discount: '0.3' },
    quote_usd: '1.000000000',
    cost_usd: '0.000000001',
    uncollected_usd: '0.000000000',
    latency_ms: 845,
    ttft_ms: 210,
    overhead_ms: 2,
    warnings: ['thinking was dropped'],
    raw_usage: { input_tokens: 12 },
  })
})

test('audio is shown where there was some, and a price nobody knows is null', () => {
  const { usage, prices } = renderReceipt({
    ...receipt,
    usage: { ...receipt.usage, inputAudio: tokens(4) },
    prices: { ...receipt.prices, output: undefined, inputAudio: nanoUsdPerMtok(100_000_000_000n) },
  })
  expect(usage).toMatchObject({ input_audio: 4 })
  expect(usage).not.toHaveProperty('output_audio')
  expect(prices).toMatchObject({ output: null, input_audio: '100.000000000' })
})

test('what is written is what the API description promises', () => {
  expect(ReceiptSchema.strict().safeParse(renderReceipt(receipt)).error).toBeUndefined()
  expect(
    ReceiptSchema.strict().safeParse(renderReceipt({ ...receipt, rawUsage: undefined, ttftMs: null })).error,
  ).toBeUndefined()
})
