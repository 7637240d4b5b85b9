import type { CatalogueEntry } from '../harness/replay-config.ts'

/** What the scripted upstream accepts as a vendor's key: the client's own must never get there. */
export const VENDOR_KEY = 'vendor-key-of-the-mock-0123456789'

interface Family {
  readonly kind: string
  readonly vendor: string
  /** Where its endpoints are below the root of the upstream. */
  readonly root: string
  readonly models: readonly string[]
}

/** The names that real clients ask for by default, by the vendor whose format they are asked in. */
const FAMILIES: readonly Family[] = [
  {
    kind: 'anthropic',
    vendor: 'anthropic',
    root: '',
    models: ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-sonnet-4-6', 'claude-sonnet-4.6'],
  },
  {
    kind: 'openai',
    vendor: 'openai',
    root: '/v1',
    models: ['gpt-5.4', 'gpt-6.1-sol', 'gpt-4o-mini', 'gpt-3.5-turbo-instruct', 'mock-model', 'text-embedding-3-small'],
  },
  {
    kind: 'gemini',
    vendor: 'google',
    root: '',
    models: ['gemini-2.5-flash', 'gemini-3-pro-preview', 'gemini-embedding-001'],
  },
]

const typeOf = (model: string): string => {
  if (model.includes('embedding')) return 'embedding'
  return model.includes('instruct') ? 'completion' : 'chat'
}

const entryOf = (vendor: string, model: string): CatalogueEntry => ({
  provider: vendor,
  type: typeOf(model),
  context_window: 1_000_000,
  max_output_tokens: 128_000,
  price: { input: '3', output: '15', cache_read: '0.30', cache_write_5m: '3.75', cache_write_1h: '6' },
})

/** The configuration and catalogue with which the gateway serves those names from the scripted upstream at `url`. */
export const servedBy = (url: string) => ({
  config: {
    providers: Object.fromEntries(
      FAMILIES.map(({ kind, root }) => [`mock-${kind}`, { kind, base_url: url + root, keys: [VENDOR_KEY] }]),
    ),
    channels: FAMILIES.map(({ kind, models }) => ({ id: `mock-${kind}`, provider: `mock-${kind}`, models })),
    log: { level: 'warn' },
  },
  catalogue: {
    models: Object.fromEntries(
      FAMILIES.flatMap(({ vendor, models }) => models.map((model) => [model, entryOf(vendor, model)])),
    ),
  },
})
