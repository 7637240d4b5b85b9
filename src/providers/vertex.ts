import type { Action, UpstreamFormat } from '../canon/operation.ts'
import { messagesError } from './messages-error.ts'
import type { Ask, ProviderKind, VendorRequest } from './types.ts'

/** Lists of embeddings are not taken: each is asked for by itself. */
const GEMINI_METHODS: Readonly<Partial<Record<Action, string>>> = {
  generate: 'generateContent',
  'count-tokens': 'countTokens',
  embed: 'embedContent',
}

/** What `generateContent` takes and Vertex's `countTokens` does not, in both spellings. */
const NOT_COUNTED = [
  ...['model', 'toolConfig', 'tool_config', 'safetySettings', 'safety_settings', 'labels'],
  ...['cachedContent', 'cached_content', 'serviceTier', 'service_tier'],
]

const geminiRequest = ({ action, stream }: Ask, name: string): VendorRequest | undefined => {
  const method = stream ? 'streamGenerateContent' : GEMINI_METHODS[action]
  if (method === undefined) return undefined
  const path = `/publishers/google/models/${name}:${method}`
  // At the Gemini API a whole request to be counted is wrapped; here it stands by itself.
  return action === 'count-tokens' ? { path, unwrap: 'generateContentRequest', remove: NOT_COUNTED } : { path }
}

/**
 * Under `/v1/projects/<project>/locations/<location>`: Gemini as at the Gemini API, Claude with the model in the path and
 * the version of Anthropic's API in the body. https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
 */
export const vertexRequest = (ask: Ask): VendorRequest | undefined => {
  const { format, action, model, stream } = ask
  // Claude's versions stand behind an `@`, which a path may hold as it is.
  const name = encodeURIComponent(model).replaceAll('%40', '@')
  if (format === 'gemini') return geminiRequest(ask, name)
  const version = { withoutQuery: true, set: { anthropic_version: 'vertex-2023-10-16' } } as const
  // Counting has a model's place of its own, and the model in the body.
  if (action === 'count-tokens') return { ...version, path: '/publishers/anthropic/models/count-tokens:rawPredict' }
  const method = stream ? 'streamRawPredict' : 'rawPredict'
  return { ...version, path: `/publishers/anthropic/models/${name}:${method}`, remove: ['model'] }
}

/** Google's own refusal of a request for Claude, as Messages has it: `{"error": {"code", "message", "status"}}`, or a list of one. */
const errorOf = (format: UpstreamFormat, status: number, body: unknown): unknown => {
  if (format !== 'anthropic-messages') return body
  const { type, error } = Object(Array.isArray(body) ? body[0] : body) as Readonly<Record<string, unknown>>
  const { message } = Object(error) as { readonly message?: unknown }
  return type === 'error' || typeof message !== 'string' ? body : messagesError(status, message)
}

/** Taken by Google for Claude; any other is `Unexpected value(s) for the anthropic-beta header`. */
const BETAS = [
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'token-efficient-tools-2025-02-19',
  'output-128k-2025-02-19',
  'web-search-2025-03-05',
  'interleaved-thinking-2025-05-14',
  'fine-grained-tool-streaming-2025-05-14',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'tool-search-tool-2025-10-19',
  'effort-2025-11-24',
]

/** Google Vertex AI: https://<location>-aiplatform.googleapis.com/v1/projects/<project>/locations/<location>. */
export const vertex: ProviderKind = {
  kind: 'vertex',
  baseUrl: undefined,
  formats: ['gemini', 'anthropic-messages'],
  formatsByVendor: { google: ['gemini'], anthropic: ['anthropic-messages'] },
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  betas: { accepted: new Set(BETAS), place: 'header' },
  dialect: { acceptsStreamOptions: true },
  vendors: ['google', 'anthropic'],
  credentials: 'google',
  requestOf: vertexRequest,
  errorOf,
  keyVariable: undefined,
}
