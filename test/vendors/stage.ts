import { createServer, type IncomingMessage } from 'node:http'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { expectNoneRefused, judge, modelIn, type Refused, refusalOf } from '../replay/judge.ts'

/** A request as it came over the wire. */
export interface Asked {
  readonly method: string
  /** Path and query, undecoded. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Written one after the other. */
  readonly chunks: readonly (string | Uint8Array)[]
}

/** A vendor whose answers the test makes up, and which remembers what it was asked. */
export interface Vendor {
  readonly url: string
  readonly host: string
  readonly asked: Asked[]
  answer: (asked: Asked) => Reply
  /** Why requests are not judged at the moment; empty: they are. */
  unjudged: string
  /** Ends it. Rejects if it was sent anything that the real one would have refused. */
  stop(): Promise<void>
}

export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  chunks: [JSON.stringify(value)],
})

export const sse = (events: readonly (readonly [string, unknown])[]): Reply => ({
  headers: { 'content-type': 'text/event-stream' },
  chunks: events.map(([name, data]) => `${name === '' ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`),
})

export const startVendor = async (): Promise<Vendor> => {
  const asked: Asked[] = []
  const refused: Refused[] = []
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request)
    const one = { method: request.method ?? '', target: request.url ?? '', headers: headersOf(request), text }
    asked.push(one)
    const {
      status = 200,
      headers = {},
      chunks,
    } = (vendor.unjudged === '' ? refusal(one, refused) : undefined) ?? vendor.answer(one)
    response.writeHead(status, headers)
    for (const chunk of chunks) response.write(chunk)
    response.end()
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
  const vendor: Vendor = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    asked,
    answer: () => json({ message: 'no answer was made up for this' }, 500),
    unjudged: '',
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      expectNoneRefused(refused)
    },
  }
  return vendor
}

/** What the vendor says to a request that it would not take. */
const refusal = ({ target, headers, text }: Asked, refused: Refused[]): Reply | undefined => {
  const body = Buffer.from(text)
  const judgement = judge({ target, headers: Object.entries(headers), body })
  if (!judgement || judgement.faults.length === 0) return undefined
  refused.push({ target, model: modelIn(body), faults: judgement.faults })
  const answer = refusalOf(judgement)
  return { status: answer.status, headers: Object.fromEntries(answer.headers), chunks: [answer.body] }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))

/** A gateway in front of a vendor, with one customer. */
export interface Stage {
  readonly gateway: Gateway
  readonly vendor: Vendor
  readonly customer: Customer
  ask(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** What the vendor was asked last. */
  last(): Asked
  /** The newest receipt, once nothing is held any more. */
  settled(): Promise<ReceiptJson | undefined>
  stop(): Promise<void>
}

/** For starting and stopping a gateway on a machine that is busy. */
export const START_MS = 60_000
const PATIENCE_MS = 10_000

export const PRICE = { input: '3', output: '15', cache_read: '0.3', cache_write_5m: '3.75', cache_write_1h: '6' }

export interface Offer {
  /** A provider of the configuration. */
  readonly provider: Readonly<Record<string, unknown>>
  /** Name → the vendor of the catalogue and the name upstream. */
  readonly models: Readonly<Record<string, readonly [vendor: string, upstream: string]>>
}

export const startStage = async (offersOf: (vendor: Vendor) => readonly Offer[]): Promise<Stage> => {
  const vendor = await startVendor()
  const offers = offersOf(vendor)
  const models = offers.flatMap((offer) => Object.entries(offer.models))
  const gateway = await startGateway({
    catalogue: {
      models: Object.fromEntries(
        models.map(([name, [made]]) => [
          name,
          { provider: made, type: 'chat', context_window: 200_000, max_output_tokens: 10_000, price: PRICE },
        ]),
      ),
    },
    config: {
      providers: Object.fromEntries(offers.map((offer, index) => [`p${index}`, offer.provider])),
      channels: offers.map((offer, index) => ({
        id: `c${index}`,
        provider: `p${index}`,
        models: Object.keys(offer.models),
        model_map: Object.fromEntries(Object.entries(offer.models).map(([name, [, upstream]]) => [name, upstream])),
      })),
      log: { level: 'warn' },
      shutdown_timeout: '3s',
    },
  }).catch(async (error: unknown) => {
    await vendor.stop()
    throw error
  })
  const customer = await gateway.createCustomer('100')
  return {
    gateway,
    vendor,
    customer,
    ask: (path, body, headers = {}) =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: { 'x-api-key': customer.key, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    last: () => {
      const last = vendor.asked.at(-1)
      if (!last) throw new Error('the vendor was not asked')
      return last
    },
    settled: async () => {
      const deadlineMs = Date.now() + PATIENCE_MS
      while ((await gateway.ledgerCheck()).open_holds > 0) {
        if (Date.now() > deadlineMs) throw new Error('something stays held')
        await Bun.sleep(10)
      }
      return (await gateway.requests({}, 1))[0]
    },
    stop: async () => {
      await gateway.stop()
      await vendor.stop()
    },
  }
}
