import type { ProviderKind } from './types.ts'

/** What all of them share: OpenAI's way to send a key, and nothing out of the ordinary. */
const COMMON = {
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  keyVariable: undefined,
} satisfies Partial<ProviderKind>

/** Any server that speaks OpenAI's formats (vLLM, Ollama, LM Studio, a hoster); the configuration says where it is. */
export const openaiCompatible: ProviderKind = {
  ...COMMON,
  kind: 'openai-compatible',
  baseUrl: undefined,
  formats: ['openai-chat', 'openai-completions', 'openai-embeddings', 'openai-responses'],
  dialect: { acceptsStreamOptions: true },
  vendors: [],
  keyOptional: true,
}

interface Hoster {
  readonly kind: string
  readonly baseUrl: string
  readonly formats: ProviderKind['formats']
  readonly vendor: string
  readonly acceptsStreamOptions?: boolean
}

const chatAndEmbeddings = ['openai-chat', 'openai-embeddings'] as const

/** Hosted vendors that differ from the row above in nothing but their address and what they serve. */
const HOSTERS: readonly Hoster[] = [
  // Mistral refuses fields it does not know, and sends usage in the last chunk unasked.
  {
    kind: 'mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    formats: chatAndEmbeddings,
    vendor: 'mistral',
    acceptsStreamOptions: false,
  },
  { kind: 'xai', baseUrl: 'https://api.x.ai/v1', formats: ['openai-chat', 'openai-responses'], vendor: 'x-ai' },
  {
    kind: 'groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    formats: ['openai-chat', 'openai-responses'],
    vendor: 'groq',
  },
  { kind: 'moonshot', baseUrl: 'https://api.moonshot.ai/v1', formats: ['openai-chat'], vendor: 'moonshotai' },
  {
    kind: 'together',
    baseUrl: 'https://api.together.xyz/v1',
    formats: ['openai-chat', 'openai-completions', 'openai-embeddings'],
    vendor: 'together',
  },
  {
    kind: 'fireworks',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    formats: ['openai-chat', 'openai-completions', 'openai-embeddings'],
    vendor: 'fireworks',
  },
  {
    kind: 'cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    formats: ['openai-chat', 'openai-completions'],
    vendor: 'cerebras',
  },
  {
    kind: 'cohere',
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    formats: chatAndEmbeddings,
    vendor: 'cohere',
  },
  { kind: 'perplexity', baseUrl: 'https://api.perplexity.ai', formats: ['openai-chat'], vendor: 'perplexity' },
]

export const hostedKinds: readonly ProviderKind[] = HOSTERS.map((hoster) => ({
  ...COMMON,
  kind: hoster.kind,
  baseUrl: hoster.baseUrl,
  formats: hoster.formats,
  dialect: { acceptsStreamOptions: hoster.acceptsStreamOptions ?? true },
  vendors: [hoster.vendor],
}))
