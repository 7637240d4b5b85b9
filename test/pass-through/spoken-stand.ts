import { setDefaultTimeout } from 'bun:test'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Client, openClient, type SpokenVendor, startSpokenVendor, type VendorSession } from './spoken.ts'

export const KEY = 'vendor-secret-key-0123456789'
const REALTIME = { input: '4', output: '16', cache_read: '0.4', input_audio: '32', output_audio: '64' }
const entry = (price: unknown, more = {}) => ({
  ...{ provider: 'openai', type: 'chat', context_window: 32_000, max_output_tokens: 4_096, price },
  ...more,
})
const MODELS = {
  'speaker-1': entry(REALTIME),
  'hearer-1': entry({ input: '1', output: '2', input_audio: '3' }),
  'writer-1': entry({ input: '1', output: '2', cache_read: '0.1' }),
  unpriced: { provider: 'openai', type: 'chat' },
}

/** The real gateway in front of a vendor that is spoken with, and money to spend. */
export interface SpokenStand {
  readonly vendor: SpokenVendor
  readonly gateway: Gateway
  readonly customer: Customer
  address(path: string): string
  open(path: string, key?: string): Promise<Client>
  /** The one session that the vendor has. */
  session(): VendorSession
  newKey(more?: Readonly<Record<string, unknown>>): Promise<{ readonly id: string; readonly key: string }>
  /** The receipts of a key, oldest first, once there are so many. */
  receiptsOf(keyId: string, count: number): Promise<readonly ReceiptJson[]>
  /** Once nothing is held any more. */
  settled(): Promise<{ readonly ok: boolean; readonly open_holds: number }>
  /** What each test begins with. */
  reset(): void
  stop(): Promise<void>
}

export const startSpokenStand = async (config: Readonly<Record<string, unknown>> = {}): Promise<SpokenStand> => {
  setDefaultTimeout(60_000)
  const vendor = startSpokenVendor()
  const gateway = await startGateway({
    config: {
      providers: {
        main: { kind: 'openai', base_url: vendor.url, keys: [KEY] },
        elsewhere: { kind: 'openai-compatible', base_url: vendor.url, keys: [KEY] },
      },
      channels: [
        { id: 'main-1', provider: 'main', groups: ['default', 'mixed'], models: Object.keys(MODELS) },
        { id: 'elsewhere-1', provider: 'elsewhere', groups: ['mixed'], models: ['writer-1'] },
      ],
      groups: { mixed: { multiplier: '1' } },
      websockets: { frame_bytes: '1MiB', buffer_bytes: '2MiB' },
      aliases: { spoken: 'speaker-1' },
      log: { level: 'warn' },
      ...config,
    },
    catalogue: { models: MODELS },
  })
  const customer = await gateway.createCustomer('1000')
  const address = (path: string): string => gateway.url.replace(/^http/, 'ws') + path
  return {
    ...{ vendor, gateway, customer, address },
    open: (path, key = customer.key) => openClient(address(path), { authorization: `Bearer ${key}` }),
    session: () => {
      const [found] = vendor.sessions
      if (!found) throw new Error('the vendor was not asked')
      return found
    },
    newKey: (more = {}) => gateway.createKey({ user_id: customer.userId, ...more }),
    receiptsOf: async (keyId, count) => {
      for (let turn = 0; ; turn += 1) {
        const found = await gateway.requests({ key_id: keyId })
        if (found.length >= count || turn > 250) return found.toReversed()
        await Bun.sleep(20)
      }
    },
    settled: async () => {
      for (let turn = 0; ; turn += 1) {
        const check = await gateway.ledgerCheck()
        if (check.open_holds === 0 || turn > 250) return check
        await Bun.sleep(20)
      }
    },
    reset: () => {
      vendor.sessions.length = 0
      vendor.onEvent = () => undefined
      vendor.onOpen = (session) => session.say({ type: 'session.created', session: { type: 'realtime' } })
      vendor.refuseWith = undefined
    },
    stop: async () => {
      await gateway.stop()
      await vendor.stop()
    },
  }
}
