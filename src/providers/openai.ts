import type { ProviderKind } from './types.ts'

/** https://developers.openai.com/api/reference: OpenAI develops Responses; Completions is kept for old models. */
export const openai: ProviderKind = {
  kind: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  formats: [
    'openai-responses',
    'openai-chat',
    'openai-completions',
    'openai-embeddings',
    'openai-images',
    'openai-audio',
    'openai-moderations',
  ],
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['openai'],
  accountFaults: [
    { field: 'type', is: 'insufficient_quota', means: 'quota-exhausted' },
    { field: 'code', is: 'insufficient_quota', means: 'quota-exhausted' },
    { field: 'code', is: 'billing_hard_limit_reached', means: 'quota-exhausted' },
    { field: 'code', is: 'account_deactivated', means: 'key-refused' },
  ],
  webSockets: ['realtime', 'responses'],
  supports: { files: 'openai', batches: 'openai' },
  keyVariable: 'OPENAI_API_KEY',
}
