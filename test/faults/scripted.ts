import { createServer, type Socket } from 'node:net'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts'
import { headerOf, readRequests, type WireRequest } from '../replay/http.ts'
import { expectNoneRefused, judge, modelIn, type Refused, refusalOf } from '../replay/judge.ts'

/** Writes one answer onto the wire, byte by byte as it likes. */
export type Script = (socket: Socket, asked: Asked) => void | Promise<void>

/** A request the scripted upstream has seen. */
export interface Asked extends WireRequest {
  readonly text: string
  /** Whether its connection is gone. */
  gone: boolean
}

/** An upstream whose every byte is written by the test: for answers no well-behaved server gives. */
export interface Scripted {
  readonly url: string
  readonly asked: Asked[]
  /** What a prompt has to contain for this script to answer it. */
  plays(script: Script): string
  /** Ends it. Rejects if it was sent anything that a real API would have refused. */
  stop(): Promise<void>
}

/** Of a conversation that goes on the last one counts. */
const MARKS = /script-\d+/g

/** Starts it on a free port of 127.0.0.1. */
export const startScripted = async (): Promise<Scripted> => {
  const scripts = new Map<string, Script>()
  const asked: Asked[] = []
  const refused: Refused[] = []
  const sockets = new Set<Socket>()
  const serve = async (socket: Socket): Promise<void> => {
    // One listener for each request on a kept connection: more than Node expects.
    socket.setMaxListeners(0)
    for await (const request of readRequests(socket)) {
      const text = Buffer.from(request.body).toString()
      const one: Asked = { ...request, text, gone: false }
      asked.push(one)
      socket.on('close', () => {
        one.gone = true
      })
      const judgement = judge(request)
      if (judgement && judgement.faults.length > 0) {
        refused.push({ target: request.target, model: modelIn(request.body), faults: judgement.faults })
        const { status, body } = refusalOf(judgement)
        await reply(status, body)(socket, one)
      } else await scripts.get(text.match(MARKS)?.at(-1) ?? '')?.(socket, one)
    }
  }
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // How a peer leaves is looked at through `gone`.
    socket.on('error', () => socket.destroy())
    void serve(socket)
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    plays: (script) => {
      const mark = `script-${scripts.size}`
      scripts.set(mark, script)
      return mark
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      expectNoneRefused(refused)
    },
  }
}

const head = (status: number, headers: Readonly<Record<string, string | number>>): string =>
  `HTTP/1.1 ${status} Said\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`

/** A complete answer with a length. */
export const reply =
  (status: number, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Script =>
  (socket) => {
    const bytes = Buffer.from(body)
    const all = { 'content-type': 'application/json', ...headers, 'content-length': bytes.length }
    socket.write(Buffer.concat([Buffer.from(head(status, all)), bytes]))
  }

export const replyJson = (body: unknown): Script => reply(200, JSON.stringify(body))

export interface Stream {
  write(text: string): Promise<void>
  end(): void
  readonly gone: boolean
}

/** A streamed answer in HTTP chunks; `tell` writes it, and waits where the gateway does not take it. */
export const stream =
  (tell: (out: Stream) => Promise<void>, type = 'text/event-stream'): Script =>
  async (socket, asked) => {
    socket.write(head(200, { 'content-type': type, 'transfer-encoding': 'chunked' }))
    await tell({
      write: async (text) => {
        if (asked.gone) return
        if (socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)) return
        await new Promise<void>((resolve) => {
          socket.once('drain', resolve)
          socket.once('close', () => resolve())
        })
      },
      end: () => void socket.write('0\r\n\r\n'),
      get gone() {
        return asked.gone
      },
    })
  }

const chatChunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

/** Events of an OpenAI Chat stream. */
export const CHAT = {
  text: (content: string): string => chatChunk({ content }),
  end: (input: number, output: number): string =>
    `${chatChunk({}, 'stop')}data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [], usage: { prompt_tokens: input, completion_tokens: output } })}\n\ndata: [DONE]\n\n`,
}

/** A whole OpenAI Chat answer, with anything beside it. */
export const chatAnswer = (more: object = {}): object => ({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello world' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  ...more,
})

/** How a client of one format asks. The models `chat`, `gpt`, `claude`, `gem` are served by one kind of vendor each. */
export interface Dialect {
  readonly name: string
  readonly path: string
  readonly body: (prompt: string) => Readonly<Record<string, unknown>>
}

const said = (content: string) => ({ messages: [{ role: 'user', content }], max_tokens: 100 })

export const DIALECTS = {
  chat: { name: 'openai-chat', path: '/v1/chat/completions', body: (prompt) => ({ model: 'chat', ...said(prompt) }) },
  responses: { name: 'openai-responses', path: '/v1/responses', body: (input) => ({ model: 'gpt', input }) },
  messages: {
    name: 'anthropic-messages',
    path: '/v1/messages',
    body: (prompt) => ({ model: 'claude', ...said(prompt) }),
  },
  gemini: {
    name: 'gemini',
    path: '/v1beta/models/gem:generateContent',
    body: (text) => ({ contents: [{ parts: [{ text }] }] }),
  },
} as const satisfies Record<string, Dialect>

const PRICE = { input: '3', output: '15' }
const CHAT_MODEL = { provider: 'acme', type: 'chat', context_window: 200_000, max_output_tokens: 10_000, price: PRICE }
export const CATALOGUE = {
  models: {
    chat: CHAT_MODEL,
    gpt: CHAT_MODEL,
    claude: CHAT_MODEL,
    gem: CHAT_MODEL,
    mixed: CHAT_MODEL,
    embed: { provider: 'acme', type: 'embedding', context_window: 8_000, price: { input: '3' } },
  },
}

/** What the gateway presents upstream; it must never come back. */
export const VENDOR_KEY = 'vendor-key-0123456789abcdef'

/** The configuration of a gateway in front of it. */
export const configFor = ({ url }: Pick<Scripted, 'url'>): Readonly<Record<string, unknown>> => {
  const provider = (kind: string, root = '') => ({ kind, base_url: url + root, keys: [VENDOR_KEY] })
  return {
    providers: {
      oc: provider('openai-compatible', '/v1'),
      oa: provider('openai', '/v1'),
      an: provider('anthropic'),
      ge: provider('gemini'),
    },
    channels: [
      { id: 'oc', provider: 'oc', models: ['chat'] },
      { id: 'oa', provider: 'oa', models: ['gpt'] },
      { id: 'an', provider: 'an', models: ['claude'] },
      { id: 'ge', provider: 'ge', models: ['gem', 'embed'] },
    ],
    log: { level: 'warn' },
    // A request that never settles should fail its own test, not the end of the suite.
    shutdown_timeout: '3s',
  }
}

/** A gateway in front of a scripted upstream, with one customer. */
export interface Stage {
  readonly gateway: Gateway
  readonly upstream: Scripted
  readonly customer: Customer
  ask(dialect: Dialect, script: Script | string, init?: AskInit): Promise<Response>
  /** The newest receipt, once nothing is held any more. */
  settled(): Promise<ReceiptJson | undefined>
  stop(): Promise<void>
}

export interface AskInit {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  readonly signal?: AbortSignal
}

/** For starting and stopping a gateway on a machine that is busy. */
export const START_MS = 60_000
const PATIENCE_MS = 10_000

type StageConfig = NonNullable<GatewayOptions['config']>

/** `config` goes over the stage's own; a function of it is given that. */
export const startStage = async (
  config: StageConfig | ((own: StageConfig) => StageConfig) = {},
  env: GatewayOptions['env'] = {},
): Promise<Stage> => {
  const upstream = await startScripted()
  const own = configFor(upstream)
  const more = typeof config === 'function' ? config(own) : config
  const gateway = await startGateway({ env, catalogue: CATALOGUE, config: { ...own, ...more } })
  const customer = await gateway.createCustomer('100')
  return {
    gateway,
    upstream,
    customer,
    ask: (dialect, script, init = {}) =>
      fetch(gateway.url + (init.path ?? dialect.path), {
        method: 'POST',
        headers: { 'x-api-key': customer.key, 'content-type': 'application/json', ...init.headers },
        body: JSON.stringify({
          ...dialect.body(typeof script === 'string' ? script : upstream.plays(script)),
          ...init.body,
        }),
        ...(init.signal === undefined ? {} : { signal: init.signal }),
      }),
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
      await upstream.stop()
    },
  }
}

/** Every header of this name that reached the upstream. */
export const sentHeader = (asked: Asked | undefined, name: string): string | undefined => asked && headerOf(asked, name)
