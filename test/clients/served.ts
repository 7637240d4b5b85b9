import type { CatalogueEntry } from '../harness/replay-config.ts'
import type { Format } from './upstream/formats.ts'

/** What the scripted upstream accepts as a vendor's key: the client's own must never get there. */
export const VENDOR_KEY = 'vendor-key-of-the-mock-0123456789'

/** A vendor, the format it is spoken to in, and the model that everything asked for is served by. */
export interface Upstream {
  readonly name: string
  readonly kind: string
  readonly format: Format
  readonly model: string
  /** Where its endpoints are below its place of the scripted upstream. */
  readonly root: string
}

/** Models of every generation of asking for thought: by effort, adaptively, by budget, by level, aloud. */
export const UPSTREAMS = {
  chat: { name: 'chat', kind: 'openai', format: 'openai-chat', model: 'gpt-5.2', root: '/v1' },
  deepseek: { name: 'deepseek', kind: 'deepseek', format: 'openai-chat', model: 'deepseek-v4-pro', root: '/v1' },
  responses: { name: 'responses', kind: 'openai', format: 'openai-responses', model: 'gpt-5.4', root: '/v1' },
  messages: { name: 'messages', kind: 'anthropic', format: 'anthropic-messages', model: 'claude-opus-5-5', root: '' },
  budget: { name: 'budget', kind: 'anthropic', format: 'anthropic-messages', model: 'claude-sonnet-4-5', root: '' },
  gemini: { name: 'gemini', kind: 'gemini', format: 'gemini', model: 'gemini-3-pro-preview', root: '' },
} satisfies Readonly<Record<string, Upstream>>

export type UpstreamName = keyof typeof UPSTREAMS

/** The names that real clients ask for by default. */
const ASKED_FOR: readonly string[] = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-sonnet-4-6',
  'gpt-5.4',
  'gpt-6.1-sol',
  'gpt-4o-mini',
  'mock-model',
  'gemini-2.5-flash',
  'gemini-3-pro-preview',
]

/** Nano-dollars a token, in the buckets of a receipt. Each differs, so that no mix-up goes unseen. */
export const PRICES = {
  input: 3_000n,
  output: 15_000n,
  cache_read: 300n,
  cache_write_5m: 3_750n,
  cache_write_1h: 6_000n,
}

const ENTRY: CatalogueEntry = {
  provider: 'openai',
  type: 'chat',
  context_window: 1_000_000,
  max_output_tokens: 128_000,
  price: { input: '3', output: '15', cache_read: '0.30', cache_write_5m: '3.75', cache_write_1h: '6' },
}

/** The place of the scripted upstream, the channel and the group by which one upstream is reached from one worker. */
export const placeOf = (upstream: UpstreamName, worker: number): string => `${upstream}-${worker}`

/**
 * The configuration and catalogue with which the gateway serves those names: whoever has a key of an upstream's group
 * gets that upstream, whatever model is asked for.
 */
export const servedBy = (url: string, workers: number) => {
  const places = Array.from({ length: workers }, (_, worker) =>
    (Object.keys(UPSTREAMS) as UpstreamName[]).map((name) => ({ ...UPSTREAMS[name], place: placeOf(name, worker) })),
  ).flat()
  return {
    config: {
      providers: Object.fromEntries(
        places.map(({ place, kind, format, root }) => [
          place,
          { kind, protocol: format, base_url: `${url}/${place}${root}`, keys: [VENDOR_KEY] },
        ]),
      ),
      groups: Object.fromEntries(places.map(({ place }) => [place, {}])),
      channels: places.map(({ place, model }) => ({
        id: place,
        provider: place,
        groups: [place],
        models: ASKED_FOR,
        model_map: Object.fromEntries(ASKED_FOR.map((name) => [name, model])),
      })),
      log: { level: 'warn' },
    },
    catalogue: { models: Object.fromEntries(ASKED_FOR.map((name) => [name, ENTRY])) },
  }
}
