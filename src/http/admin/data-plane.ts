import { type RouteConfig, z } from '@hono/zod-openapi'
import { RECEIPT_KEYS_PATH } from '../receipt-keys.ts'
import type { ControlPlaneApp } from './deps.ts'
import { explainRoute } from './explain-route.ts'
import { ReceiptKeysSchema, SignedReceiptSchema } from './receipt-schema.ts'
import { ADMIN_ONLY, answer, failures } from './routes.ts'
import { storedRoutes } from './stored-routes.ts'

/**
 * Describes the paths the gateway answers in other people's wire formats. Their bodies belong to the vendors and pass
 * through as they are, so each is a free-form object with a link to the vendor's own reference.
 */
export const describeDataPlane = (app: ControlPlaneApp): void => {
  for (const route of [...CONVERSATIONS.flatMap(inEveryPlace), ...OTHERS]) app.openAPIRegistry.registerPath(route)
}

/** One call of a wire format, a POST, with every path it is answered on; the first is the one to prefer. */
interface Call {
  readonly id: string
  readonly paths: readonly string[]
  readonly summary: string
  readonly docs: string
}

const OPENAI_DOCS = 'https://platform.openai.com/docs/api-reference'
const ANTHROPIC_DOCS = 'https://docs.anthropic.com/en/api'
const GEMINI_DOCS = 'https://ai.google.dev/api'

/** The prefixes under which clients of other gateways already look for each family. */
const OPENAI = ['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1']
const OPENAI_WITHOUT_PROXY = ['/v1', '/openai/v1', '/v1/openai']
const ANTHROPIC = ['/v1', '/claude/v1', '/v1/anthropic', '/v1/anthropic/v1', '/api/proxy/v1']
const GEMINI = ['/v1beta', '/v1']

const post = (id: string, under: readonly string[], tail: string, summary: string, docs: string): Call => ({
  id,
  paths: under.map((prefix) => prefix + tail),
  summary,
  docs,
})
const gemini = (action: string, summary: string, page: string): Call =>
  post(action, GEMINI, `/models/{model}:${action}`, summary, `${GEMINI_DOCS}/${page}`)

const CONVERSATIONS: readonly Call[] = [
  post('createChatCompletion', OPENAI, '/chat/completions', 'OpenAI Chat Completions', `${OPENAI_DOCS}/chat/create`),
  post('createResponse', OPENAI, '/responses', 'OpenAI Responses', `${OPENAI_DOCS}/responses/create`),
  post(
    'countResponseTokens',
    OPENAI,
    '/responses/input_tokens',
    'OpenAI Responses: count input tokens',
    `${OPENAI_DOCS}/responses`,
  ),
  post('createMessage', ANTHROPIC, '/messages', 'Anthropic Messages', `${ANTHROPIC_DOCS}/messages`),
  post(
    'countMessageTokens',
    ANTHROPIC,
    '/messages/count_tokens',
    'Anthropic Messages: count tokens',
    `${ANTHROPIC_DOCS}/messages-count-tokens`,
  ),
  gemini('generateContent', 'Gemini: generate', 'generate-content'),
  gemini('streamGenerateContent', 'Gemini: generate as a stream', 'generate-content'),
  gemini('countTokens', 'Gemini: count tokens', 'tokens'),
  gemini('embedContent', 'Gemini: embed', 'embeddings'),
  gemini('batchEmbedContents', 'Gemini: embed several', 'embeddings'),
  post(
    'createCompletion',
    OPENAI_WITHOUT_PROXY,
    '/completions',
    'OpenAI Completions (legacy)',
    `${OPENAI_DOCS}/completions/create`,
  ),
  post('createImage', OPENAI_WITHOUT_PROXY, '/images/generations', 'OpenAI Images', `${OPENAI_DOCS}/images/create`),
  post('editImage', OPENAI_WITHOUT_PROXY, '/images/edits', 'OpenAI Images: edit', `${OPENAI_DOCS}/images/createEdit`),
  post(
    'varyImage',
    OPENAI_WITHOUT_PROXY,
    '/images/variations',
    'OpenAI Images: vary',
    `${OPENAI_DOCS}/images/createVariation`,
  ),
  post(
    'createSpeech',
    OPENAI_WITHOUT_PROXY,
    '/audio/speech',
    'OpenAI Audio: speak',
    `${OPENAI_DOCS}/audio/createSpeech`,
  ),
  post(
    'createTranscription',
    OPENAI_WITHOUT_PROXY,
    '/audio/transcriptions',
    'OpenAI Audio: write down speech',
    `${OPENAI_DOCS}/audio/createTranscription`,
  ),
  post(
    'createTranslation',
    OPENAI_WITHOUT_PROXY,
    '/audio/translations',
    'OpenAI Audio: translate speech into English',
    `${OPENAI_DOCS}/audio/createTranslation`,
  ),
  post('createModeration', OPENAI_WITHOUT_PROXY, '/moderations', 'OpenAI Moderations', `${OPENAI_DOCS}/moderations`),
  post(
    'rerank',
    [...OPENAI_WITHOUT_PROXY, ''],
    '/rerank',
    'Rank documents',
    'https://docs.cohere.com/v1/reference/rerank',
  ),
  post(
    'rerankV2',
    [''],
    '/v2/rerank',
    'Rank documents (Cohere, version 2)',
    'https://docs.cohere.com/reference/rerank',
  ),
  post('createEmbedding', OPENAI_WITHOUT_PROXY, '/embeddings', 'OpenAI Embeddings', `${OPENAI_DOCS}/embeddings/create`),
]

const KEY_ANYWHERE = [
  { tollgateKey: [] },
  { tollgateKeyHeader: [] },
  { tollgateKeyGoogle: [] },
  { tollgateKeyQuery: [] },
]
const FREE_FORM = { type: 'object' as const, additionalProperties: true }
const json = (description: string, schema: object = FREE_FORM) => ({
  description,
  content: { 'application/json': { schema } },
})

/** `/v1/models/{model}` has one path parameter, `model`. */
const pathParameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path' as const,
    required: true,
    schema: { type: 'string' as const },
  }))

const inEveryPlace = (call: Call): readonly RouteConfig[] =>
  call.paths.map((path, place) => ({
    method: 'post',
    path,
    operationId: place === 0 ? call.id : `${call.id}${place + 1}`,
    tags: ['Gateway'],
    summary: place === 0 ? call.summary : `${call.summary} (same as ${call.paths[0]})`,
    externalDocs: { url: call.docs, description: "The vendor's reference." },
    security: KEY_ANYWHERE,
    parameters: pathParameters(path),
    requestBody: { required: true, ...json("The format's own request.") },
    responses: {
      200: {
        description: "The format's own answer. A stream where the request asks for one.",
        content: { 'application/json': { schema: FREE_FORM }, 'text/event-stream': { schema: { type: 'string' } } },
      },
      default: json("A failure, in the format's own shape."),
    },
  }))

const MODEL_LISTS = [...new Set([...OPENAI, ...ANTHROPIC])]

const text = (description: string) => z.string().optional().openapi({ description })
const MODEL_FILTERS = z.object({
  provider: text('Only models of this vendor.'),
  type: text('Only models of this type, such as `chat`.'),
})
const GEMINI_PAGES = z.object({
  pageSize: text('At most so many.'),
  pageToken: text('The `nextPageToken` of the page before.'),
})

const SHAPES =
  "In OpenAI's shape; in Anthropic's when `anthropic-version` is sent, in Gemini's when `x-goog-api-key` is, then paged " +
  'as there.'

/** A list of models and its entries under one prefix; `suffix` keeps the names of operations apart. */
const modelRoutes = (prefix: string, suffix: string, shape: string, query: z.ZodObject): readonly RouteConfig[] => {
  const shared = { method: 'get' as const, tags: ['Models'], security: KEY_ANYWHERE, description: shape }
  const sameAs = suffix === '' || prefix === '/v1beta' ? '' : ` (same as under ${MODEL_LISTS[0]})`
  return [
    {
      ...shared,
      path: `${prefix}/models`,
      operationId: `listModels${suffix}`,
      summary: `List models${sameAs}`,
      request: { query },
      responses: { 200: json('The models, with context window, prices and capabilities.'), ...failures() },
    },
    {
      ...shared,
      path: `${prefix}/models/{model}`,
      operationId: `getModel${suffix}`,
      summary: `Get a model${sameAs}`,
      parameters: pathParameters('{model}'),
      responses: { 200: json('The model.'), ...failures(404) },
    },
  ]
}

const health = (path: string, operationId: string, summary: string, ready: boolean): RouteConfig => ({
  method: 'get',
  path,
  operationId,
  tags: ['Health'],
  summary,
  responses: { 200: json('It is.'), ...(ready ? { 503: json('It is not; the body says what is missing.') } : {}) },
})

const OTHERS: readonly RouteConfig[] = [
  ...MODEL_LISTS.flatMap((prefix, place) =>
    modelRoutes(prefix, place === 0 ? '' : String(place + 1), SHAPES, MODEL_FILTERS),
  ),
  ...modelRoutes('/v1beta', 'ForGemini', "In Gemini's shape.", GEMINI_PAGES),
  {
    method: 'get',
    path: '/v1/receipts/{id}',
    operationId: 'getReceipt',
    tags: ['Requests'],
    summary: 'Get what a request cost and why',
    description: 'With a key of the account that made the request. The id is in `x-request-id` of every answer.',
    security: KEY_ANYWHERE,
    request: { params: z.object({ id: z.string().openapi({ example: 'req_01jd8m9h4t' }) }) },
    responses: { 200: answer(SignedReceiptSchema, 'The receipt, signed.'), ...failures(404) },
  },
  ...storedRoutes(KEY_ANYWHERE),
  explainRoute,
  {
    method: 'get',
    path: RECEIPT_KEYS_PATH,
    operationId: 'getReceiptKeys',
    tags: ['Requests'],
    summary: 'Get the public keys that receipts are signed with',
    responses: { 200: answer(ReceiptKeysSchema, 'The keys, newest first.') },
  },
  health('/health', 'getHealth', 'Is the process alive?', false),
  health('/health/ready', 'getReadiness', 'Can it answer requests?', true),
  {
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tags: ['Health'],
    summary: 'What it has done, for Prometheus',
    description: 'Programs on the same machine need no key.',
    security: [...ADMIN_ONLY, {}],
    responses: {
      200: {
        description: "Prometheus' text format, version 0.0.4.",
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
      ...failures(),
    },
  },
]
