import type { ProviderKind } from './types.ts'

/** https://developers.openai.com/api/reference: OpenAI develops Responses; Completions is kept for old models. */
export const openai: ProviderKind = {
  kind: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  formats: ['openai-responses', 'openai-chat', 'openai-completions', 'openai-embeddings'],
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['openai'],
  accountFaultMarks: ['"insufficient_quota"', '"billing_hard_limit_reached"', '"account_deactivated"'],
  keyVariable: 'OPENAI_API_KEY',
}
