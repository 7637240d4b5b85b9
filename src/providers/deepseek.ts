import type { ProviderKind } from './types.ts'

/** https://api-docs.deepseek.com: Chat at the root, Completions in beta, Anthropic's format under a path of its own. */
export const deepseek: ProviderKind = {
  kind: 'deepseek',
  baseUrl: 'https://api.deepseek.com',
  formats: ['openai-chat', 'anthropic-messages', 'openai-completions'],
  auth: { header: 'authorization', prefix: 'Bearer ' },
  authByFormat: { 'anthropic-messages': { header: 'x-api-key', prefix: '' } },
  rootByFormat: { 'anthropic-messages': '/anthropic', 'openai-completions': '/beta' },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['deepseek'],
  keyVariable: 'DEEPSEEK_API_KEY',
}
