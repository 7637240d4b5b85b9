import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type DatabaseKind, sharedPostgres } from '../harness/databases.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { startVendor, type Vendor } from './vendor.ts'

/** The real gateway in front of a vendor that keeps files and batches, on one kind of storage. */
export interface BatchStand {
  readonly gateway: () => Gateway
  readonly vendor: Vendor
  /** Somebody with so much money and a key. */
  customer(usd?: string, options?: Readonly<Record<string, unknown>>): Promise<Customer>
  /** Everything that a customer was charged for, once there are `count` receipts, by the model. */
  receipts(customer: Customer, count: number): Promise<readonly ReceiptJson[]>
  /** Ends it without warning and starts it again on the same storage. */
  killAndRestart(): Promise<void>
  stop(): Promise<void>
}

const TABLE = {
  input: '2',
  output: '8',
  cache_read: '1',
  cache_write_5m: '2.5',
  cache_write_1h: '4',
  service_tiers: {
    batch: { input: '1', output: '4', cache_read: '0.5', cache_write_5m: '1.25', cache_write_1h: '2' },
  },
}
const { service_tiers: _, ...UNTIERED } = TABLE
const chat = (provider: string, price: object) => ({
  provider,
  type: 'chat',
  context_window: 100_000,
  max_output_tokens: 1_000,
  price,
})

/** `mate` and `boatswain` have a price for batches, `purser` has not; `cook` is dearer above 1,000 tokens of input. */
const MODELS = {
  mate: chat('openai', TABLE),
  boatswain: chat('openai', { ...TABLE, input: '3' }),
  purser: chat('openai', UNTIERED),
  'chart-embedding': { provider: 'openai', type: 'embedding', price: { input: '1' } },
  captain: chat('anthropic', TABLE),
  cook: chat('anthropic', { ...UNTIERED, tiers: [{ above_input_tokens: 1_000, input: '4', output: '16' }] }),
}

export const startBatchStand = async (
  kind: DatabaseKind,
  config: Readonly<Record<string, unknown>> = {},
): Promise<BatchStand> => {
  const vendor = startVendor()
  const dataFolder = mkdtempSync(join(tmpdir(), 'tollgate-batches-'))
  const database =
    kind === 'postgres' ? await (await sharedPostgres()).createDatabase() : `sqlite:${join(dataFolder, 'tollgate.db')}`
  const options = {
    dataFolder,
    catalogue: { models: MODELS },
    config: {
      database,
      providers: {
        openai: {
          kind: 'openai',
          base_url: `${vendor.url}/v1`,
          keys: ['vendor-secret-one-0123456789', 'vendor-secret-two-0123456789'],
        },
        anthropic: { kind: 'anthropic', base_url: vendor.url, keys: ['vendor-secret-three-0123456789'] },
      },
      channels: [
        {
          id: 'openai',
          provider: 'openai',
          models: ['mate', 'boatswain', 'purser', 'chart-embedding'],
          model_map: { boatswain: 'boatswain-2026-01-01' },
        },
        { id: 'anthropic', provider: 'anthropic', models: ['captain', 'cook'] },
      ],
      aliases: { 'first-mate': 'mate' },
      batches: { poll: '200ms' },
      log: { level: 'warn' },
      ...config,
    },
  }
  let gateway = await startGateway(options)
  return {
    gateway: () => gateway,
    vendor,
    customer: (usd = '10', keyOptions = {}) => gateway.createCustomer(usd, keyOptions),
    receipts: async ({ keyId }, count) => {
      let found: readonly ReceiptJson[] = []
      await until(`${count} receipts`, async () => {
        found = await gateway.requests({ key_id: keyId })
        return found.length >= count
      })
      return found.toSorted((one, other) => one.model_served.localeCompare(other.model_served))
    },
    killAndRestart: async () => {
      await gateway.kill9()
      gateway = await startGateway(options)
    },
    stop: async () => {
      await gateway.stop()
      await vendor.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
