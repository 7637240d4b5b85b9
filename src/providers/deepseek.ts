import type { ProviderKind } from './types.ts'

/** https://api-docs.deepseek.com: Chat and Responses at the root, Completions in beta, Anthropic's under `/anthropic`. */
export const deepseek: ProviderKind = {
  kind: 'deepseek',
  baseUrl: 'https://api.deepseek.com',
  formats: ['openai-chat', 'anthropic-messages', 'openai-responses', 'openai-completions'],
  auth: { header: 'authorization', prefix: 'Bearer ' },
  authByFormat: { 'anthropic-messages': { header: 'x-api-key', prefix: '' } },
  rootByFormat: { 'anthropic-messages': '/anthropic', 'openai-completions': '/beta' },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['deepseek'],
  family: 'deepseek',
  keyVariable: 'DEEPSEEK_API_KEY',
}
