import { setDefaultTimeout } from 'bun:test'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

/** One request as the vendor saw it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: Uint8Array
}

export type Answer = (seen: Seen) => Response | Promise<Response>

/** A vendor with endpoints of its own, each an answer by its path under `/base/v1`. */
export interface Vendor {
  readonly url: string
  readonly port: number
  readonly seen: Seen[]
  readonly answers: Map<string, Answer>
  stop(): Promise<void>
}

export const VENDOR_KEY = 'vendor-secret-key-0123456789'
export const OTHER_KEY = 'other-secret-key-0123456789'

export const startVendor = (): Vendor => {
  const seen: Seen[] = []
  const answers = new Map<string, Answer>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url)
      const { method, headers } = request
      const one = { method, path: pathname + search, headers, body: await request.bytes() }
      seen.push(one)
      const answer = answers.get(pathname.replace(/^\/base\/v1\//, ''))
      return answer ? answer(one) : Response.json({ error: { message: 'nothing here', type: 'x' } }, { status: 404 })
    },
  })
  const port = server.port ?? 0
  return { url: `http://127.0.0.1:${port}/base/v1`, port, seen, answers, stop: () => server.stop(true) }
}

const entry = (provider: string, more: Readonly<Record<string, unknown>> = {}) => ({
  provider,
  type: 'chat',
  context_window: 10_000,
  max_output_tokens: 1_000,
  price: { input: '1', output: '2', cache_read: '0.1' },
  ...more,
})

const MODELS = {
  writer: entry('vendor'),
  'dated-writer': entry('vendor'),
  embedder: entry('vendor', { type: 'embedding', price: { input: '1' } }),
  unpriced: { provider: 'vendor', type: 'chat', context_window: 10_000, max_output_tokens: 1_000 },
  claude: entry('anthropic'),
}

/** The real gateway in front of two accounts of a vendor, and money to spend. */
export interface Stand {
  readonly vendor: Vendor
  readonly gateway: Gateway
  readonly customer: Customer
  /** Sends a request to the gateway as the customer. */
  ask(path: string, init?: RequestInit): Promise<Response>
  receipt(answer: Response): Promise<ReceiptJson>
  stop(): Promise<void>
}

const RULES = [
  'infer',
  'infer/*',
  { path: 'any/**', methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], free: true },
  { path: 'models/*:predict' },
  { path: 'listed', methods: ['GET'] },
]

export const startStand = async (config: Readonly<Record<string, unknown>> = {}): Promise<Stand> => {
  setDefaultTimeout(60_000)
  const vendor = startVendor()
  const account = { kind: 'openai-compatible', base_url: vendor.url, pass_through: RULES }
  const gateway = await startGateway({
    config: {
      providers: {
        vendor: { ...account, keys: [VENDOR_KEY] },
        other: { ...account, keys: [OTHER_KEY], pass_through: [] },
        claude: { kind: 'anthropic', base_url: vendor.url, keys: [VENDOR_KEY], pass_through: RULES },
      },
      channels: [
        { id: 'vendor-1', provider: 'vendor', groups: ['default'], model_map: { 'dated-writer': 'writer-2026' } },
        { id: 'other-1', provider: 'other', groups: ['default'] },
        { id: 'claude-1', provider: 'claude', groups: ['default'] },
      ],
      log: { level: 'warn' },
      ...config,
    },
    catalogue: { models: MODELS },
  })
  const customer = await gateway.createCustomer('1000')
  return {
    vendor,
    gateway,
    customer,
    ask: (path, init = {}) => {
      const headers = new Headers(init.headers)
      if (!headers.has('authorization') && !headers.has('x-api-key'))
        headers.set('authorization', `Bearer ${customer.key}`)
      return fetch(gateway.url + path, { ...init, headers })
    },
    receipt: (answer) => gateway.receipt(answer.headers.get('x-request-id') ?? '', customer.key),
    stop: async () => {
      await gateway.stop()
      await vendor.stop()
    },
  }
}

/** Whether any of what the vendor saw names a key of Tollgate's. */
export const sawTollgateKey = ({ seen }: Vendor): boolean =>
  seen.some(
    ({ path, headers, body }) =>
      path.includes('sk-tg-') ||
      [...headers.values()].some((value) => value.includes('sk-tg-')) ||
      Buffer.from(body).includes('sk-tg-'),
  )

/** What a vendor may say that it used. */
export const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }

export const JSON_TYPE = { 'content-type': 'application/json' }

/** A request with a JSON body, as it is written or as it is given. */
export const post = (body: unknown, headers: Record<string, string> = JSON_TYPE): RequestInit => ({
  method: 'POST',
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
