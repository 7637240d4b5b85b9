import { type DatabaseKind, sharedPostgres } from '../harness/databases.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

/** For starting servers and gateways on a machine that is busy. */
export const STAGE_MS = 120_000

/** Two models of a vendor that answers by itself, one ten times as dear as the other. */
const CATALOGUE = {
  models: {
    'house/small': { provider: 'house', price: { input: '1', output: '2' } },
    'house/large': { provider: 'house', price: { input: '10', output: '20' } },
  },
}

/** A vendor of our own, and whether it is well. */
export interface Vendor {
  readonly url: string
  isWell: boolean
  stop(): void
}

/** Each answer uses ten tokens of input and five of output. */
export const startVendor = (): Vendor => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      if (!vendor.isWell) return Response.json({ error: { message: 'out of order' } }, { status: 500 })
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
    isWell: true,
    stop: () => void server.stop(true),
  }
  return vendor
}

/** Where gateways of one test keep their data; `sqlite`: each in its own folder. */
export const placeFor = async (kind: DatabaseKind): Promise<{ readonly database?: string }> =>
  kind === 'sqlite' ? {} : { database: await (await sharedPostgres()).createDatabase() }

/** A gateway that looks at its rules all the time. */
export const startOn = (
  place: { readonly database?: string },
  vendor: Vendor,
  config: Readonly<Record<string, unknown>> = {},
): Promise<Gateway> =>
  startGateway({
    catalogue: CATALOGUE,
    config: {
      providers: {
        house: { kind: 'openai-compatible', base_url: vendor.url, models: ['house/small', 'house/large'], keys: ['a'] },
      },
      encryption_key: Buffer.alloc(32, 7).toString('base64'),
      alerts: { every: '100ms', ledger_every: '100ms', private_addresses: true },
      ...place,
      ...config,
    },
  })

/** Asks a model for one answer; its status. */
export const ask = async (gateway: Gateway, key: string, model = 'house/small'): Promise<number> => {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await answer.text()
  return answer.status
}

export type Json = { readonly [name: string]: unknown }

/** A call that has to end as is said; its answer. */
export const called = async <Body = Json>(
  gateway: Gateway,
  status: number,
  method: string,
  path: string,
  body?: unknown,
): Promise<Body> => {
  const answer = await gateway.call(method, `/api/admin/${path}`, body)
  if (answer.status !== status)
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body as Body
}

/** A call with a Tollgate key. */
export const calledWith = async (gateway: Gateway, key: string, method: string, path: string, body?: unknown) => {
  const answer = await fetch(`${gateway.url}/api/me/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Json }
}
