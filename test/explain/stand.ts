import { setDefaultTimeout } from 'bun:test'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

/** One request as the vendor saw it. */
export interface Seen {
  readonly path: string
  readonly headers: Headers
  readonly body: string
}

export const VENDOR_KEY = 'vendor-secret-key-0123456789'
export const OTHER_KEY = 'vendor-other-key-0123456789'

const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
const ANSWERS: readonly (readonly [RegExp, (model: string) => unknown])[] = [
  [
    /chat\/completions/,
    (model) => ({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
      usage: USAGE,
    }),
  ],
  [
    /embeddings/,
    (model) => ({
      object: 'list',
      model,
      data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
      usage: { prompt_tokens: 5, total_tokens: 5 },
    }),
  ],
  [
    /responses/,
    (model) => ({
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      status: 'completed',
      model,
      output: [
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'hello', annotations: [] }],
        },
      ],
      usage: {
        input_tokens: 5,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 7,
      },
    }),
  ],
  [/count_tokens/, () => ({ input_tokens: 5 })],
  [
    /messages/,
    (model) => ({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: 'hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 5, output_tokens: 2 },
    }),
  ],
  [
    /generateContent/,
    (model) => ({
      modelVersion: model,
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'hello' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
    }),
  ],
]

export interface Vendor {
  readonly url: string
  readonly seen: Seen[]
  /** What is answered instead of what is usual, by the key it is asked with. */
  readonly failing: Map<string, () => Response>
  stop(): Promise<void>
}

/** A vendor of every format that writes down what it is sent. */
export const startVendor = (): Vendor => {
  const seen: Seen[] = []
  const failing = new Map<string, () => Response>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url)
      const body = await request.text()
      seen.push({ path: pathname + search, headers: request.headers, body })
      const { headers } = request
      const key = headers.get('x-api-key') ?? headers.get('x-goog-api-key') ?? headers.get('authorization') ?? ''
      const fails = failing.get(key.replace('Bearer ', ''))
      if (fails) return fails()
      const answer = ANSWERS.find(([path]) => path.test(pathname))?.[1]
      return answer
        ? Response.json(answer(modelIn(body)))
        : Response.json({ error: { message: 'no' } }, { status: 404 })
    },
  })
  return { url: `http://127.0.0.1:${server.port}/secret-root`, seen, failing, stop: () => server.stop(true) }
}

const modelIn = (body: string): string => {
  const { model } = JSON.parse(body) as { readonly model?: string }
  return model ?? 'gem'
}

const entry = (provider: string, more: object = {}) => ({
  provider,
  type: 'chat',
  context_window: 10_000,
  max_output_tokens: 1_000,
  price: { input: '1', output: '2', cache_read: '0.1' },
  ...more,
})

export interface Stand {
  readonly vendor: Vendor
  readonly gateway: Gateway
  readonly customer: Customer
  /** Sends a request as the customer. */
  ask(path: string, body: unknown, headers?: Readonly<Record<string, string>>, key?: string): Promise<Response>
  /** Asks what would become of it. */
  explain(path: string, body: unknown, headers?: Readonly<Record<string, string>>, key?: string): Promise<Explained>
  receipt(answer: Response): Promise<ReceiptJson>
  stop(): Promise<void>
}

/** As much of an explanation as tests look at. */
export interface Explained {
  readonly status: number
  readonly text: string
  readonly would_refuse: {
    readonly step: string
    readonly status: number
    readonly error: { readonly kind: string; readonly message: string }
  } | null
  readonly operation: {
    readonly path: string
    readonly guessed: boolean
    readonly format: string
    readonly stream: boolean
  }
  readonly model: {
    readonly requested: string
    readonly served: string | null
    readonly names: readonly { readonly name: string; readonly means: string; readonly model: string | null }[]
  }
  readonly rule: { readonly name: string; readonly parameters: object; readonly model: string | null } | null
  readonly strategy: string
  readonly conversation: { readonly channel: string; readonly key: string } | null
  readonly first: { readonly channel: string; readonly key: string; readonly why: string } | null
  readonly candidates: readonly {
    readonly channel: string
    readonly why: string
    readonly upstream_format: string
    readonly upstream_model: string
    readonly keys: readonly {
      readonly id: string
      readonly standing: string
      readonly blocks: readonly { readonly subject: string; readonly kind: string }[]
    }[]
    readonly quote: { readonly amount_usd: string } | null
    readonly sent: {
      readonly kind: string
      readonly method?: string
      readonly url?: string
      readonly path?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      readonly losses?: readonly { readonly pointer: string; readonly code: string }[]
    } | null
  }[]
  readonly left_out: readonly { readonly channel: string; readonly why: string }[]
  readonly quote: {
    readonly amount_usd: string
    readonly input_tokens_estimated: number
    readonly output_tokens_max: number
  } | null
  readonly limits: readonly {
    readonly measure: string
    readonly limit: number
    readonly remaining: number
    readonly needed: number
  }[]
  readonly funds: {
    readonly covers: boolean
    readonly available_usd: string | null
    readonly budgets: readonly {
      readonly window: string
      readonly spent_usd: string | null
      readonly held_usd: string | null
    }[]
  } | null
}

const CHANNELS = [
  { id: 'oc-1', provider: 'oc', models: ['chat', 'both', 'unpriced'], groups: ['default'], priority: 1 },
  { id: 'oa-1', provider: 'oa', models: ['gpt', 'embed'], groups: ['default'] },
  {
    id: 'an-1',
    provider: 'an',
    models: ['claude', 'both'],
    groups: ['default'],
    model_map: { claude: 'claude-upstream' },
  },
  { id: 'ge-1', provider: 'ge', models: ['gem'], groups: ['default'] },
  { id: 'elsewhere', provider: 'oc', models: ['chat'], groups: ['other'] },
]

const MODELS = {
  chat: entry('vendor'),
  both: entry('vendor'),
  gpt: entry('openai'),
  claude: entry('anthropic', { multiplier: '1.5' }),
  gem: entry('google'),
  embed: entry('openai', { type: 'embedding', price: { input: '1' } }),
  unpriced: { provider: 'vendor', type: 'chat', context_window: 10_000, max_output_tokens: 1_000 },
}

const providerOf = (kind: string, { url }: Vendor) => ({ kind, base_url: url, keys: [VENDOR_KEY] })

/** A gateway in front of one vendor of every format, and money to spend; `config` goes over what it has. */
export const startStand = async (config: Readonly<Record<string, unknown>> = {}): Promise<Stand> => {
  setDefaultTimeout(60_000)
  const vendor = startVendor()
  const gateway = await startGateway({
    config: {
      providers: {
        oc: providerOf('openai-compatible', vendor),
        oa: providerOf('openai', vendor),
        an: providerOf('anthropic', vendor),
        ge: providerOf('gemini', vendor),
      },
      channels: CHANNELS,
      groups: { other: {} },
      aliases: { mine: 'claude' },
      retired: { old: 'claude' },
      log: { level: 'warn' },
      ...config,
    },
    catalogue: { models: MODELS },
  })
  const customer = await gateway.createCustomer('1000')
  const ask: Stand['ask'] = (path, body, headers = {}, key = customer.key) =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    ...{ vendor, gateway, customer, ask },
    explain: async (path, body, headers, key) => {
      const answer = await ask(
        `/v1/explain${path === '' ? '' : `?path=${encodeURIComponent(path)}`}`,
        body,
        headers,
        key,
      )
      const text = await answer.text()
      return { ...(JSON.parse(text) as Explained), status: answer.status, text }
    },
    receipt: async (answer) => gateway.receipt(answer.headers.get('x-request-id') ?? '', customer.key),
    stop: async () => {
      await gateway.stop()
      await vendor.stop()
    },
  }
}
