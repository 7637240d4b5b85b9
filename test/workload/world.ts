/** The format of an API, as clients and upstreams speak it. */
export const FORMATS = ['chat', 'responses', 'messages', 'gemini'] as const
export type Format = (typeof FORMATS)[number]

/** USD per million tokens, as `model_catalog.json` has them. */
export interface PriceJson {
  readonly input: string
  readonly output: string
  readonly cache_read?: string
  readonly cache_write_5m?: string
  readonly cache_write_1h?: string
}

export interface TieredPriceJson extends PriceJson {
  readonly tiers?: readonly (PriceJson & { readonly above_input_tokens: number })[]
}

export interface ModelPriceJson extends TieredPriceJson {
  readonly per_request?: string
  /** A factor on the prices for tokens, or prices. */
  readonly service_tiers?: Readonly<Record<string, string | TieredPriceJson>>
}

export interface ModelJson {
  readonly provider: string
  readonly multiplier?: string
  readonly price: ModelPriceJson
}

/**
 * What everything costs: the gateways are configured with it, and the recomputation reads it. Between them the models
 * have every kind of price for tokens, with enough places that rounding shows.
 */
export const MODELS: Readonly<Record<string, ModelJson>> = {
  'wl-chat': { provider: 'acme', price: { input: '3', output: '15' } },
  'wl-gpt': {
    provider: 'acme',
    price: {
      input: '1.25',
      output: '10',
      cache_read: '0.125',
      service_tiers: { flex: '0.5', priority: { input: '2.5', output: '20' } },
    },
  },
  'wl-claude': {
    provider: 'acme',
    multiplier: '1.1',
    price: {
      input: '3.3333333',
      output: '16.6666667',
      tiers: [{ above_input_tokens: 1_500, input: '6', output: '22.5', cache_write_1h: '11.1' }],
    },
  },
  'wl-gem': {
    provider: 'acme',
    price: { input: '0.1234567', output: '0.987', cache_read: '0.03', per_request: '0.00001' },
  },
}

export const GROUPS = { default: '1', team: '0.95', agency: '1.333333' } as const
export type Group = keyof typeof GROUPS

interface PlanJson {
  readonly discount: string
  readonly price_usd?: string
  readonly rpm?: number
  readonly tpm?: number
}

export const PLANS: Readonly<Record<string, PlanJson>> = {
  basic: { discount: '0.05', tpm: 2_000_000_000 },
  pro: { discount: '0.123456', price_usd: '19', rpm: 1_000_000 },
  slow: { discount: '0', rpm: 120 },
}

export const RATE_MULTIPLIERS = ['1', '1.25', '0.8', '0.999999'] as const

/** Which kind of vendor serves a model: it is asked in that vendor's own format, whatever the client speaks. */
const SERVED = { 'wl-chat': 'openai-compatible', 'wl-gpt': 'openai', 'wl-claude': 'anthropic', 'wl-gem': 'gemini' }

const CATALOGUE_COMMON = { type: 'chat', context_window: 200_000, max_output_tokens: 8_000 }

export const catalogue = {
  models: Object.fromEntries(Object.entries(MODELS).map(([id, model]) => [id, { ...model, ...CATALOGUE_COMMON }])),
}

/** Every model at two vendor accounts, so that a request that failed at one is tried at the other. */
export const configOf = (upstreamUrl: string) => {
  const accounts = Object.entries(SERVED).flatMap(([model, kind]) =>
    ['first', 'second'].map((account) => ({ id: `${model}-${account}`, model, kind, account })),
  )
  return {
    providers: Object.fromEntries(
      accounts.map(({ id, kind, account }) => {
        const root = kind.startsWith('openai') ? '/v1' : ''
        return [id, { kind, base_url: `${upstreamUrl}/${account}${root}`, keys: [`vendor-key-of-${id}`] }]
      }),
    ),
    channels: accounts.map(({ id, model }) => ({ id, provider: id, models: [model], groups: Object.keys(GROUPS) })),
    groups: Object.fromEntries(Object.entries(GROUPS).map(([id, multiplier]) => [id, { multiplier }])),
    plans: PLANS,
    limits: { per_user: { tpm: 4_000_000_000, concurrency: 10_000 }, per_key: { rpm: 10_000_000 } },
    timeouts: { first_byte: '2s', idle: '2s', total: '60s' },
    log: { level: 'warn' },
  }
}
