import type { ProviderKind } from './types.ts'

/** What such servers share: OpenAI's way to send a key, and nothing out of the ordinary. */
export const COMMON = {
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  keyVariable: undefined,
} satisfies Partial<ProviderKind>

/** Any server that speaks OpenAI's formats and has no row of its own; the configuration says where it is. */
export const openaiCompatible: ProviderKind = {
  ...COMMON,
  kind: 'openai-compatible',
  baseUrl: undefined,
  formats: [
    'openai-chat',
    'openai-completions',
    'openai-embeddings',
    'openai-responses',
    'openai-images',
    'openai-audio',
    'openai-moderations',
    'rerank',
  ],
  dialect: { acceptsStreamOptions: true },
  vendors: [],
  keyOptional: true,
}
