import { type DatabaseKind, sharedPostgres } from '../harness/databases.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts'

/** For starting servers and gateways on a machine that is busy. */
export const STAGE_MS = 120_000

export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64')
export const NEWER_KEY = 'a passphrase that came later'
export const CATALOGUE = {
  models: {
    'house/small': { provider: 'house', price: { input: '1', output: '2' } },
    'house/large': { provider: 'house', price: { input: '10', output: '20' } },
  },
}

/** A vendor of our own that knows some keys, and who asks it with which. */
export interface Vendor {
  /** As `base_url` has it. */
  readonly url: string
  /** Keys it takes; others are refused with an error that repeats them, as vendors do. */
  readonly keys: Set<string>
  /** Keys it was asked with, the latest last. */
  readonly asked: string[]
  /** While it is there, no answer goes out. */
  hold: Promise<void> | undefined
  /** Whether it has a list of models. */
  hasList: boolean
  stop(): void
}

export const startVendor = (): Vendor => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    fetch: async (request) => {
      const key = (request.headers.get('authorization') ?? '').replace('Bearer ', '')
      vendor.asked.push(key)
      const isKnown = vendor.keys.has(key)
      await vendor.hold
      if (!isKnown) return Response.json({ error: { message: `Incorrect API key provided: ${key}` } }, { status: 401 })
      const { pathname } = new URL(request.url)
      if (pathname === '/v1/models')
        return vendor.hasList ? Response.json({ object: 'list', data: [] }) : Response.json({}, { status: 404 })
      const { model } = (await request.json()) as { model: string }
      return Response.json({
        ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model },
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      })
    },
  })
  const vendor: Vendor = {
    url: `http://127.0.0.1:${server.port}/v1`,
    keys: new Set(),
    asked: [],
    hold: undefined,
    hasList: true,
    stop: () => void server.stop(true),
  }
  return vendor
}

/** Where a gateway of the tests keeps its data; `sqlite`: in its own folder. */
export const placeFor = async (kind: DatabaseKind): Promise<{ readonly database?: string }> =>
  kind === 'sqlite' ? {} : { database: await (await sharedPostgres()).createDatabase() }

/** A gateway whose file has one provider that nobody asks. */
export const startOn = (
  place: { readonly database?: string },
  config: Readonly<Record<string, unknown>> = {},
  more: GatewayOptions = {},
): Promise<Gateway> =>
  startGateway({
    ...more,
    catalogue: CATALOGUE,
    config: {
      providers: { filed: { kind: 'openai', keys: ['key-of-the-file-4f2a9c'] } },
      encryption_key: ENCRYPTION_KEY,
      log: { level: 'debug' },
      ...place,
      ...config,
    },
  })

/** Asks a model for one answer. */
export const askModel = (gateway: Gateway, key: string, model: string): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] }),
  })

export const statusOf = async (gateway: Gateway, key: string, model: string): Promise<number> => {
  const answer = await askModel(gateway, key, model)
  await answer.text()
  return answer.status
}

export type Json = { readonly [name: string]: unknown }

/** A call that has to end as is said; its answer. */
export const called = async (gateway: Gateway, status: number, method: string, path: string, body?: unknown) => {
  const answer = await gateway.call(method, `/api/admin/${path}`, body)
  if (answer.status !== status)
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body as Json
}

/** The message of an answer that was refused, and the field at fault. */
export const refusedWith = async (gateway: Gateway, status: number, method: string, path: string, body?: unknown) => {
  const { error } = (await called(gateway, status, method, path, body)) as { error: Json }
  return { param: error['param'], message: String(error['message']) }
}
