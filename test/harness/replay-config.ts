import type { WireFormat } from '../../src/canon/operation.ts'
import type { Api, Interaction } from '../replay/interaction.ts'

/** The provider keys of the generated configuration: one a vendor, so that a mix-up is seen. */
export const PROVIDER_KEYS = ['openai', 'anthropic', 'gemini', 'deepseek', 'mistral', 'groq', 'compatible'].map(
  (name) => `upstream-secret-${name}`,
)

/** Prices of a model in `model_catalog.json`: decimal strings, USD per million tokens. */
export interface CataloguePrice {
  readonly input: string
  readonly output: string
  readonly cache_read: string
  readonly cache_write_5m: string
  readonly cache_write_1h: string
}

export interface CatalogueEntry {
  readonly provider: string
  readonly type: string
  readonly context_window: number
  readonly max_output_tokens: number
  readonly price: CataloguePrice
}

/** A configuration in which every interaction is a model of its own name, served by the replay upstream. */
export interface ReplayConfig {
  readonly config: { readonly providers: Record<string, unknown>; readonly channels: readonly unknown[] }
  readonly catalogue: { readonly models: Record<string, CatalogueEntry> }
}

/** Vendors with a kind of their own in the configuration; for Chat, where they differ. Others are `openai-compatible`. */
const CHAT_KINDS: Readonly<Record<string, string>> = {
  openai: 'openai',
  azure: 'openai',
  deepseek: 'deepseek',
  mistral: 'mistral',
  groq: 'groq',
}

const kindOf = (interaction: Interaction): string => {
  const family = interaction.api.split('.')[0]
  if (family === 'anthropic' || family === 'gemini') return family
  if (interaction.api === 'openai.chat') return CHAT_KINDS[interaction.provider] ?? 'openai-compatible'
  if (interaction.api.startsWith('openai.responses') || interaction.provider === 'openai') return 'openai'
  return 'openai-compatible'
}

const TYPES: Partial<Record<Api, string>> = {
  'openai.completions': 'completion',
  'openai.embeddings': 'embedding',
  'gemini.embedContent': 'embedding',
}

/** Prices that differ from model to model and from bucket to bucket, so that no mix-up can go unseen. */
const priceOf = (index: number): CataloguePrice => {
  const usd = (base: number, step: number): string => ((base + index * step) / 1_000_000).toFixed(6)
  return {
    input: usd(3_000_000, 1_001),
    output: usd(15_000_000, 2_003),
    cache_read: usd(300_000, 307),
    cache_write_5m: usd(3_750_000, 1_103),
    cache_write_1h: usd(6_000_000, 1_301),
  }
}

const FORMATS: Partial<Record<Api, WireFormat>> = {
  'openai.chat': 'openai-chat',
  'openai.responses': 'openai-responses',
  'gemini.generateContent': 'gemini',
  'anthropic.messages': 'anthropic-messages',
}

/** With `oneFormat`, providers speak only the format of the interaction, so that other clients are translated. */
export interface ReplayConfigOptions {
  readonly oneFormat?: boolean
}

/** The configuration and catalogue with which the gateway serves `interactions` from the replay upstream at `url`. */
export const replayConfig = (
  url: string,
  interactions: readonly Interaction[],
  { oneFormat = false }: ReplayConfigOptions = {},
): ReplayConfig => {
  const formatOf = ({ api }: Interaction): WireFormat | undefined => (oneFormat ? FORMATS[api] : undefined)
  const served = Map.groupBy(interactions, (one) => [kindOf(one), formatOf(one)].filter(Boolean).join('-'))
  const providers: Record<string, unknown> = {}
  for (const [name, [first]] of served) {
    if (!first) continue
    const kind = kindOf(first)
    const protocol = formatOf(first)
    const rooted = kind === 'anthropic' || kind === 'gemini' ? url : `${url}/v1`
    const secret = kind === 'openai-compatible' ? 'compatible' : kind
    const keys = [`upstream-secret-${secret}`]
    providers[`replayed-${name}`] = { kind, base_url: rooted, keys, ...(protocol !== undefined && { protocol }) }
  }
  const channels = [...served].map(([name, inside]) => ({
    id: `channel-${name}`,
    provider: `replayed-${name}`,
    models: inside.map(({ id }) => id),
  }))
  const models = interactions.map((interaction, index): [string, CatalogueEntry] => [
    interaction.id,
    {
      provider: interaction.provider,
      type: TYPES[interaction.api] ?? 'chat',
      context_window: 100_000_000,
      max_output_tokens: 1_000_000,
      price: priceOf(index),
    },
  ])
  return { config: { providers, channels }, catalogue: { models: Object.fromEntries(models) } }
}
