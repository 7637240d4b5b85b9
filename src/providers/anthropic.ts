import type { ProviderKind } from './types.ts'

/** https://platform.claude.com/docs/en/api: a request without a version is refused, so one is sent for the client. */
export const anthropic: ProviderKind = {
  kind: 'anthropic',
  baseUrl: 'https://api.anthropic.com',
  formats: ['anthropic-messages'],
  auth: { header: 'x-api-key', prefix: '' },
  headers: { 'anthropic-version': '2023-06-01' },
  dialect: { acceptsStreamOptions: true, acceptsThreads: true },
  vendors: ['anthropic'],
  accountFaults: [{ field: 'message', is: 'Your credit balance is too low', means: 'quota-exhausted' }],
  supports: { files: 'anthropic', batches: 'anthropic' },
  keyVariable: 'ANTHROPIC_API_KEY',
}
