import { type RouteConfig, z } from '@hono/zod-openapi'
import type { ControlPlaneApp } from './deps.ts'
import { ReceiptSchema } from './receipt-schema.ts'
import { answer, failures } from './routes.ts'

/**
 * Describes the paths the gateway answers in other people's wire formats. Their bodies belong to the vendors and pass
 * through as they are, so each is a free-form object with a link to the vendor's own reference.
 */
export const describeDataPlane = (app: ControlPlaneApp): void => {
  for (const route of [...CONVERSATIONS.flatMap(inEveryPlace), ...OTHERS]) app.openAPIRegistry.registerPath(route)
}

/** One call of a wire format, with every path it is answered on; the first is the one to prefer. */
interface Call {
  readonly id: string
  readonly method: 'get' | 'post' | 'delete'
  readonly paths: readonly string[]
  readonly summary: string
  readonly docs: string
  readonly free?: boolean
}

const OPENAI_DOCS = 'https://platform.openai.com/docs/api-reference'
const ANTHROPIC_DOCS = 'https://docs.anthropic.com/en/api'
const GEMINI_DOCS = 'https://ai.google.dev/api'

const MESSAGES_PATHS = [
  '/v1/messages',
  '/claude/v1/messages',
  '/v1/anthropic/messages',
  '/v1/anthropic/v1/messages',
  '/api/proxy/v1/messages',
]
const RESPONSES_PATHS = ['/v1/responses', '/openai/v1/responses', '/v1/openai/responses', '/api/proxy/v1/responses']
const CHAT_PATHS = [
  '/v1/chat/completions',
  '/openai/v1/chat/completions',
  '/v1/openai/chat/completions',
  '/api/proxy/v1/chat/completions',
]

const post = (id: string, paths: readonly string[], summary: string, docs: string): Call => ({
  id,
  method: 'post',
  paths,
  summary,
  docs,
})
const gemini = (action: string, summary: string, page: string): Call =>
  post(action, [`/v1beta/models/{model}:${action}`], summary, `${GEMINI_DOCS}/${page}`)

const CONVERSATIONS: readonly Call[] = [
  post('createChatCompletion', CHAT_PATHS, 'OpenAI Chat Completions', `${OPENAI_DOCS}/chat/create`),
  post('createResponse', RESPONSES_PATHS, 'OpenAI Responses', `${OPENAI_DOCS}/responses/create`),
  post(
    'countResponseTokens',
    ['/v1/responses/input_tokens'],
    'OpenAI Responses: count input tokens',
    `${OPENAI_DOCS}/responses`,
  ),
  {
    id: 'getResponse',
    method: 'get',
    paths: ['/v1/responses/{id}'],
    summary: 'OpenAI Responses: get a stored response',
    docs: `${OPENAI_DOCS}/responses/get`,
  },
  {
    id: 'deleteResponse',
    method: 'delete',
    paths: ['/v1/responses/{id}'],
    summary: 'OpenAI Responses: delete a stored response',
    docs: `${OPENAI_DOCS}/responses/delete`,
  },
  post('createMessage', MESSAGES_PATHS, 'Anthropic Messages', `${ANTHROPIC_DOCS}/messages`),
  post(
    'countMessageTokens',
    MESSAGES_PATHS.map((path) => `${path}/count_tokens`),
    'Anthropic Messages: count tokens',
    `${ANTHROPIC_DOCS}/messages-count-tokens`,
  ),
  gemini('generateContent', 'Gemini: generate', 'generate-content'),
  gemini('streamGenerateContent', 'Gemini: generate as a stream', 'generate-content'),
  gemini('countTokens', 'Gemini: count tokens', 'tokens'),
  gemini('embedContent', 'Gemini: embed', 'embeddings'),
  post(
    'createCompletion',
    ['/v1/completions', '/v1/openai/completions'],
    'OpenAI Completions (legacy)',
    `${OPENAI_DOCS}/completions/create`,
  ),
  post(
    'createEmbedding',
    ['/v1/embeddings', '/openai/v1/embeddings', '/v1/openai/embeddings'],
    'OpenAI Embeddings',
    `${OPENAI_DOCS}/embeddings/create`,
  ),
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

/** `/v1/responses/{id}` has one path parameter, `id`. */
const pathParameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path' as const,
    required: true,
    schema: { type: 'string' as const },
  }))

const inEveryPlace = (call: Call): readonly RouteConfig[] =>
  call.paths.map((path, place) => ({
    method: call.method,
    path,
    operationId: place === 0 ? call.id : `${call.id}${place + 1}`,
    tags: ['Gateway'],
    summary: place === 0 ? call.summary : `${call.summary} (same as ${call.paths[0]})`,
    externalDocs: { url: call.docs, description: "The vendor's reference." },
    security: KEY_ANYWHERE,
    parameters: pathParameters(path),
    ...(call.method === 'post' ? { requestBody: { required: true, ...json("The format's own request.") } } : {}),
    responses: {
      200: {
        description: "The format's own answer. A stream where the request asks for one.",
        content: { 'application/json': { schema: FREE_FORM }, 'text/event-stream': { schema: { type: 'string' } } },
      },
      default: json("A failure, in the format's own shape."),
    },
  }))

const modelList = (path: string, operationId: string, summary: string): RouteConfig => ({
  method: 'get',
  path,
  operationId,
  tags: ['Models'],
  summary,
  security: KEY_ANYWHERE,
  request: {
    query: z.object({
      provider: z.string().optional().openapi({ description: 'Only models of this vendor.' }),
      type: z.string().optional().openapi({ description: 'Only models of this type, such as `chat`.' }),
    }),
  },
  responses: { 200: json('The models, with context window, prices and capabilities.'), ...failures() },
})

const health = (path: string, operationId: string, summary: string, ready: boolean): RouteConfig => ({
  method: 'get',
  path,
  operationId,
  tags: ['Health'],
  summary,
  responses: { 200: json('It is.'), ...(ready ? { 503: json('It is not; the body says what is missing.') } : {}) },
})

const OTHERS: readonly RouteConfig[] = [
  modelList('/v1/models', 'listModels', "List models (in Anthropic's shape when `anthropic-version` is sent)"),
  modelList('/openai/v1/models', 'listModels2', 'List models (same as /v1/models)'),
  modelList('/api/proxy/v1/models', 'listModels3', 'List models (same as /v1/models)'),
  modelList('/v1beta/models', 'listGeminiModels', "List models in Gemini's shape"),
  {
    method: 'get',
    path: '/v1/models/{id}',
    operationId: 'getModel',
    tags: ['Models'],
    summary: 'Get a model',
    security: KEY_ANYWHERE,
    request: { params: z.object({ id: z.string().openapi({ example: 'gpt-5-mini' }) }) },
    responses: { 200: json('The model.'), ...failures(404) },
  },
  {
    method: 'post',
    path: '/v1/{provider}/{endpoint}',
    operationId: 'callProvider',
    tags: ['Gateway'],
    summary: 'Call any other endpoint of a provider',
    description: '`endpoint` may hold slashes. The call passes through with the credentials replaced.',
    security: KEY_ANYWHERE,
    parameters: pathParameters('/v1/{provider}/{endpoint}'),
    requestBody: { required: true, ...json("The provider's own request.") },
    responses: { 200: json("The provider's own answer."), ...failures(404) },
  },
  {
    method: 'get',
    path: '/v1/receipts/{id}',
    operationId: 'getReceipt',
    tags: ['Requests'],
    summary: 'Get what a request cost and why',
    description: 'With a key of the account that made the request. The id is in `x-request-id` of every answer.',
    security: KEY_ANYWHERE,
    request: { params: z.object({ id: z.string().openapi({ example: 'req_01jd8m9h4t' }) }) },
    responses: { 200: answer(ReceiptSchema, 'The receipt.'), ...failures(404) },
  },
  health('/health', 'getHealth', 'Is the process alive?', false),
  health('/health/ready', 'getReadiness', 'Can it answer requests?', true),
]
