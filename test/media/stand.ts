import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { startVendor, type Vendor } from './vendor.ts'

/** The real gateway in front of a vendor that answers what a test says, and of the demo provider. */
export interface MediaStand {
  readonly gateway: Gateway
  readonly vendor: Vendor
  readonly customer: Customer
  /** Asks as the customer; the answer with its bytes read, and its receipt. */
  ask(path: string, body: string | FormData | Uint8Array, headers?: Record<string, string>): Promise<Told>
  stop(): Promise<void>
}

export interface Told {
  readonly answer: Response
  readonly bytes: Uint8Array
  readonly text: string
  receipt(): Promise<ReceiptJson>
}

const VENDOR_KEY = 'vendor-secret'

/** `compatible`: models that a server in OpenAI's likeness serves. */
export const startMediaStand = async (
  catalogue: Readonly<Record<string, unknown>> = {},
  compatible: readonly string[] = [],
): Promise<MediaStand> => {
  const vendor = startVendor()
  const keys = [VENDOR_KEY]
  const gateway = await startGateway({
    config: {
      providers: {
        openai: { kind: 'openai', base_url: `${vendor.url}/v1`, keys },
        cohere: { kind: 'cohere', base_url: `${vendor.url}/compatibility/v1`, keys },
        voyage: { kind: 'voyage', base_url: `${vendor.url}/v1`, keys },
        compatible: { kind: 'openai-compatible', base_url: `${vendor.url}/v1`, keys },
        demo: { kind: 'demo' },
      },
      channels: [
        ...['openai', 'cohere', 'voyage', 'demo'].map((provider) => ({ id: provider, provider })),
        ...(compatible.length > 0 ? [{ id: 'compatible', provider: 'compatible', models: compatible }] : []),
      ],
      aliases: { 'my-image': 'gpt-image-1', 'my-ears': 'whisper-1' },
      log: { level: 'warn' },
    },
    catalogue: { models: catalogue },
  })
  const customer = await gateway.createCustomer('100')
  return {
    gateway,
    vendor,
    customer,
    ask: async (path, body, headers = {}) => {
      const json: Record<string, string> = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
      const answer = await fetch(gateway.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${customer.key}`, ...json, ...headers },
        body: body as BodyInit,
      })
      const bytes = await answer.bytes()
      return {
        answer,
        bytes,
        text: new TextDecoder().decode(bytes),
        receipt: () => gateway.receipt(answer.headers.get('x-request-id') ?? 'none', customer.key),
      }
    },
    stop: async () => {
      await gateway.stop()
      await vendor.stop()
    },
  }
}
