import type { ProviderKind } from '../types.ts'
import { lossesOf } from './ask.ts'

/**
 * The operator's own `claude` command, logged in by the operator: a process for each request, asked in its stream-json.
 * It takes Messages; `send.ts` is its other end.
 */
export const claudeCli: ProviderKind = {
  kind: 'claude-cli',
  // RFC 2606 reserves `.invalid`: should a request ever leave by mistake, it reaches nobody.
  baseUrl: 'http://claude-cli.invalid',
  formats: ['anthropic-messages'],
  auth: { header: 'x-api-key', prefix: '' },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['anthropic'],
  keyVariable: undefined,
  checkPath: null,
  inProcess: true,
  runsCommand: true,
  // It counts no tokens without asking for an answer.
  requestOf: ({ action }) => (action === 'count-tokens' ? undefined : {}),
  // It chooses betas by itself.
  betas: { accepted: new Set(), place: 'header' },
  lossesOf,
}
