import { expect, setDefaultTimeout } from 'bun:test'
import { join } from 'node:path'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type CatalogueEntry, PROVIDER_KEYS, replayConfig, type ReplayConfigOptions } from '../harness/replay-config.ts'
import { loadInteractions } from '../replay/interaction.ts'
import { type Replay, startReplay } from '../replay/server.ts'
import type { Buckets } from './usage.ts'

const FIXTURES = join(import.meta.dir, '..', 'fixtures')
const TEST_TIMEOUT_MS = 60_000
const SETTLE_TIMEOUT_MS = 5_000

/** Names that documentation uses in its examples; the demo provider answers for all of them. */
const NAMES: Readonly<Record<string, string>> = {
  'claude-sonnet-4-6': 'anthropic',
  'claude-sonnet-4-5': 'anthropic',
  'claude-haiku-4-5': 'anthropic',
  'claude-opus-4-7': 'anthropic',
  'claude-3-5-sonnet-20241022': 'anthropic',
  'claude-3-opus': 'anthropic',
  'deepseek-chat': 'deepseek',
  'deepseek-reasoner': 'deepseek',
  'gpt-4o': 'openai',
  'gpt-5.4': 'openai',
  'gemini-2.5-flash': 'google',
}
const COMPLETION_NAMES: Readonly<Record<string, string>> = { 'gpt-4-turbo': 'openai' }
const EMBEDDING_NAMES: Readonly<Record<string, string>> = {
  'text-embedding-3-large': 'openai',
  'gemini-embedding-001': 'google',
}

const entryOf = (provider: string, type: string): CatalogueEntry => ({
  provider,
  type,
  context_window: 200_000,
  max_output_tokens: 8_192,
  price: { input: '3', output: '15', cache_read: '0.30', cache_write_5m: '3.75', cache_write_1h: '6' },
})

const entries = (names: Readonly<Record<string, string>>, type: string): [string, CatalogueEntry][] =>
  Object.entries(names).map(([name, provider]) => [name, entryOf(provider, type)])

const mapped = (names: Readonly<Record<string, string>>, model: string): [string, string][] =>
  Object.keys(names).map((name) => [name, model])

const demoChannel = {
  id: 'demo',
  provider: 'demo',
  models: [
    ...['demo', 'demo-embedding', 'demo-image', 'demo-moderation', 'demo-rerank'],
    ...Object.keys({ ...NAMES, ...COMPLETION_NAMES, ...EMBEDDING_NAMES }),
  ],
  model_map: Object.fromEntries([
    ...mapped(NAMES, 'demo'),
    ...mapped(COMPLETION_NAMES, 'demo'),
    ...mapped(EMBEDDING_NAMES, 'demo-embedding'),
  ]),
}

/** The real gateway over the demo provider and the replay upstream with our own fixtures, each a model of its own name. */
export interface Stand {
  readonly gateway: Gateway
  readonly replay: Replay
  readonly url: string
  /** Somebody with more money than any of the tests can hold, and a key of their own. */
  customer(keyOptions?: Readonly<Record<string, unknown>>): Promise<Customer>
  /** The receipt of a request as its owner reads it, once it is settled. */
  receipt(requestId: string | null | undefined, key: string): Promise<ReceiptJson>
  /** All receipts of a key, oldest first, once there are `count`. */
  receipts(customer: Customer, count: number): Promise<readonly ReceiptJson[]>
  stop(): Promise<void>
}

const until = async <T>(look: () => Promise<T | undefined>, otherwise: () => string): Promise<T> => {
  const deadlineMs = Date.now() + SETTLE_TIMEOUT_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadlineMs) throw new Error(otherwise())
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const standOf = (gateway: Gateway, replay: Replay): Stand => ({
  gateway,
  replay,
  url: gateway.url,
  customer: (keyOptions = {}) => gateway.createCustomer('1000', keyOptions),
  receipt: (requestId, key) => {
    if (!requestId) throw new Error('the SDK was given no request id')
    const ask = async (): Promise<ReceiptJson | undefined> => {
      const answer = await fetch(`${gateway.url}/v1/receipts/${requestId}`, {
        headers: { authorization: `Bearer ${key}` },
      })
      return answer.status === 200 ? ((await answer.json()) as ReceiptJson) : undefined
    }
    return until(ask, () => `no receipt of ${requestId}`)
  },
  receipts: ({ keyId }, count) => {
    let seen = 0
    const ask = async (): Promise<readonly ReceiptJson[] | undefined> => {
      const found = await gateway.requests({ key_id: keyId })
      seen = found.length
      return seen >= count ? found.toReversed() : undefined
    }
    return until(ask, () => `${seen} receipts instead of ${count}`)
  },
  stop: async () => {
    await gateway.stop()
    await replay.stop()
  },
})

/** Starts a stand. Also gives the tests of the file the time that SDKs and other processes need. */
export const startStand = async (
  config: Readonly<Record<string, unknown>> = {},
  options: ReplayConfigOptions = {},
): Promise<Stand> => {
  setDefaultTimeout(TEST_TIMEOUT_MS)
  const interactions = loadInteractions(FIXTURES)
  const replay = await startReplay({ interactions, keys: PROVIDER_KEYS })
  const replayed = replayConfig(replay.url, interactions, options)
  const named = [
    ...entries(NAMES, 'chat'),
    ...entries(COMPLETION_NAMES, 'completion'),
    ...entries(EMBEDDING_NAMES, 'embedding'),
  ]
  const gateway = await startGateway({
    config: {
      providers: { ...replayed.config.providers, demo: { kind: 'demo' } },
      channels: [...replayed.config.channels, demoChannel],
      aliases: { 'aiproxy/sonnet': 'claude-sonnet-4-6' },
      retired: { 'claude-sonnet-4-20250514': 'claude-sonnet-4-6' },
      log: { level: 'warn' },
      ...config,
    },
    catalogue: { models: { ...replayed.catalogue.models, ...Object.fromEntries(named) } },
  })
  return standOf(gateway, replay)
}

/** That a receipt bills, from the upstream's own figures, exactly the usage that the SDK showed its user. */
export const expectBilled = (receipt: ReceiptJson, usage: Buckets): void => {
  expect(receipt.usage).toMatchObject({ ...usage })
  expect({ ended: receipt.ended, source: receipt.usage_source, status: receipt.status }).toEqual({
    ended: 'whole',
    source: 'upstream',
    status: 200,
  })
  expect(Number(receipt.cost_usd)).toBeGreaterThan(0)
}
