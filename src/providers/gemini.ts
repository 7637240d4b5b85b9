import type { AuthStyle, ProviderKind } from './types.ts'

const bearer: AuthStyle = { header: 'authorization', prefix: 'Bearer ' }
const openaiRoot = '/v1beta/openai'

/** https://ai.google.dev/api, and its OpenAI-compatible face under a path of its own with a Bearer key. */
export const gemini: ProviderKind = {
  kind: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  formats: ['gemini', 'openai-chat', 'openai-embeddings'],
  auth: { header: 'x-goog-api-key', prefix: '' },
  authByFormat: { 'openai-chat': bearer, 'openai-embeddings': bearer },
  rootByFormat: { 'openai-chat': openaiRoot, 'openai-embeddings': openaiRoot },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['google'],
  family: 'google',
  accountFaults: [
    { field: 'reason', is: 'API_KEY_INVALID', means: 'key-refused' },
    { field: 'reason', is: 'CONSUMER_SUSPENDED', means: 'key-refused' },
    { field: 'reason', is: 'BILLING_DISABLED', means: 'quota-exhausted' },
  ],
  keyVariable: 'GEMINI_API_KEY',
}
