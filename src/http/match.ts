import type { Action, Operation, WireFormat } from '../canon/operation.ts'

const ROOTS = ['/v1', '/openai/v1', '/v1/openai']

/** The prefixes under which clients of other gateways already look for each format, mapped to what they mean. */
const PATHS: Readonly<Record<string, Operation>> = table({
  '/chat/completions': {
    format: 'openai-chat',
    action: 'generate',
    under: ['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1'],
  },
  '/responses': {
    format: 'openai-responses',
    action: 'generate',
    under: ['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1'],
  },
  '/responses/input_tokens': {
    format: 'openai-responses',
    action: 'count-tokens',
    under: ['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1'],
  },
  '/messages': {
    format: 'anthropic-messages',
    action: 'generate',
    under: ['/v1', '/claude/v1', '/v1/anthropic', '/v1/anthropic/v1', '/api/proxy/v1'],
  },
  '/messages/count_tokens': {
    format: 'anthropic-messages',
    action: 'count-tokens',
    under: ['/v1', '/claude/v1', '/v1/anthropic', '/v1/anthropic/v1', '/api/proxy/v1'],
  },
  '/completions': { format: 'openai-completions', action: 'generate', under: ['/v1', '/v1/openai', '/openai/v1'] },
  '/images/generations': { format: 'openai-images', action: 'generate-image', under: ROOTS },
  '/images/edits': { format: 'openai-images', action: 'edit-image', under: ROOTS },
  '/images/variations': { format: 'openai-images', action: 'vary-image', under: ROOTS },
  '/audio/speech': { format: 'openai-audio', action: 'speak', under: ROOTS },
  '/audio/transcriptions': { format: 'openai-audio', action: 'transcribe', under: ROOTS },
  '/audio/translations': { format: 'openai-audio', action: 'translate', under: ROOTS },
  '/moderations': { format: 'openai-moderations', action: 'moderate', under: ROOTS },
  '/rerank': { format: 'rerank', action: 'rerank', under: [...ROOTS, ''] },
  '/v2/rerank': { format: 'rerank', action: 'rerank-v2', under: [''] },
  '/embeddings': { format: 'openai-embeddings', action: 'embed', under: ['/v1', '/openai/v1', '/v1/openai'] },
})

interface Family {
  readonly format: WireFormat
  readonly action: Action
  readonly under: readonly string[]
}

function table(families: Readonly<Record<string, Family>>): Readonly<Record<string, Operation>> {
  const entries = Object.entries(families).flatMap(([tail, { format, action, under }]) =>
    under.map((prefix) => [prefix + tail, { format, action }] as const),
  )
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}

/** `@google/genai` 3 calls `/v1/models/…` where the Gemini CLI and older SDKs call `/v1beta/models/…`. */
const GEMINI = /^\/v1(?:beta)?\/models\/([^/]+(?:\/[^/]+)*):([A-Za-z]+)$/
const GEMINI_METHODS: Readonly<Record<string, { readonly action: Action; readonly stream: boolean }>> = {
  generateContent: { action: 'generate', stream: false },
  streamGenerateContent: { action: 'generate', stream: true },
  countTokens: { action: 'count-tokens', stream: false },
  embedContent: { action: 'embed', stream: false },
  batchEmbedContents: { action: 'embed-batch', stream: false },
}

/** What a POST to `path` asks for; `undefined` when the data plane has nothing there. */
export const matchOperation = (path: string): Operation | undefined => PATHS[path] ?? matchGemini(path)

const matchGemini = (path: string): Operation | undefined => {
  const match = GEMINI.exec(path)
  const name = match?.[2] ?? ''
  const method = Object.hasOwn(GEMINI_METHODS, name) ? GEMINI_METHODS[name] : undefined
  // Some clients send the resource name, `models/x`, where the path has `models/` already.
  const model = decode(match?.[1] ?? '')?.replace(/^models\//, '')
  if (!method || model === undefined) return undefined
  return { format: 'gemini', action: method.action, pathModel: model, pathStream: method.stream }
}

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * The wire format errors are rendered in where no operation matched: decided by the path, then by the header that only
 * one vendor's clients send.
 */
export const formatOfUnknown = (path: string, headers: Headers): WireFormat => {
  if (path.startsWith('/v1beta/') || headers.has('x-goog-api-key')) return 'gemini'
  if (path.includes('/messages') || path.startsWith('/claude/') || headers.has('anthropic-version'))
    return 'anthropic-messages'
  return path.includes('/responses') ? 'openai-responses' : 'openai-chat'
}
