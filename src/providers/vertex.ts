import type { Action } from '../canon/operation.ts'
import type { Ask, ProviderKind, VendorRequest } from './types.ts'

const GEMINI_METHODS: Readonly<Record<Action, string>> = {
  generate: 'generateContent',
  'count-tokens': 'countTokens',
  embed: 'embedContent',
  'embed-batch': 'batchEmbedContents',
}

/**
 * Under `/v1/projects/<project>/locations/<location>`: Gemini as at the Gemini API, Claude with the model in the path and
 * the version of Anthropic's API in the body. https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
 */
export const vertexRequest = ({ format, action, model, stream }: Ask): VendorRequest => {
  // Claude's versions stand behind an `@`, which a path may hold as it is.
  const name = encodeURIComponent(model).replaceAll('%40', '@')
  if (format === 'gemini') {
    const method = stream ? 'streamGenerateContent' : GEMINI_METHODS[action]
    return { path: `/publishers/google/models/${name}:${method}` }
  }
  const version = { set: { anthropic_version: 'vertex-2023-10-16' } }
  // Counting has a model's place of its own, and the model in the body.
  if (action === 'count-tokens') return { ...version, path: '/publishers/anthropic/models/count-tokens:rawPredict' }
  const method = stream ? 'streamRawPredict' : 'rawPredict'
  return { ...version, path: `/publishers/anthropic/models/${name}:${method}`, remove: ['model'] }
}

/** Google Vertex AI: https://<location>-aiplatform.googleapis.com/v1/projects/<project>/locations/<location>. */
export const vertex: ProviderKind = {
  kind: 'vertex',
  baseUrl: undefined,
  formats: ['gemini', 'anthropic-messages'],
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['google', 'anthropic'],
  credentials: 'google',
  requestOf: vertexRequest,
  keyVariable: undefined,
}
