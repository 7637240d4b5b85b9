/// What tests of signed receipts share; nothing outside tests imports it.
import type { ReceiptKeysOptions } from './keys.ts'

/** The settings of a database, without one. */
export const memorySettings = (): ReceiptKeysOptions['settings'] & { readonly rows: Map<string, string> } => {
  const rows = new Map<string, string>()
  return {
    rows,
    get: (name) => Promise.resolve(rows.get(name)),
    add: (name, value) => {
      const kept = rows.get(name) ?? value
      rows.set(name, kept)
      return Promise.resolve(kept)
    },
  }
}

/** A receipt as the API gives it, with something in every place. */
export const RECEIPT = {
  request_id: 'req_01jd8m9h4t',
  at: '2026-11-21T12:00:00.007Z',
  user_id: 'user_1',
  key_id: 'key_1',
  project_id: 'web',
  group: 'default',
  client_format: 'anthropic-messages',
  upstream_format: 'anthropic-messages',
  action: 'generate',
  model_requested: 'aiproxy/sonnet',
  model_served: 'claude-sonnet-4-6',
  provider: 'claude-main',
  channel: 'kiro-1',
  attempts: [
    { channel: 'kiro-0', status: 529, error: 'overloaded', ms: 3 },
    { channel: 'kiro-1', status: 200, error: null, ms: 840 },
  ],
  status: 200,
  stream: true,
  ended: 'whole',
  usage: {
    input: 1_200,
    cache_read: 18_001,
    cache_write_5m: 2_500,
    cache_write_1h: 0,
    output: 850,
    reasoning: 300,
    web_searches: 2,
  },
  usage_source: 'upstream',
  service_tier: 'standard',
  prices: {
    input: '3.000000000',
    cache_read: '0.300000000',
    cache_write_5m: '3.750000000',
    cache_write_1h: '6.000000000',
    output: '15.000000000',
    per_web_search: '0.010000000',
  },
  multipliers: { user: '1', model: '1', group: '0.95', plan_discount: '0.125' },
  quote_usd: '0.183589875',
  cost_usd: '0.042497906',
  uncollected_usd: '0.000000000',
  latency_ms: 845,
  ttft_ms: 210,
  overhead_ms: 2,
  warnings: ['the field x was left out'],
  raw_usage: { input_tokens: 1_200, service_tier: 'standard', ratio: 0.1 },
}
