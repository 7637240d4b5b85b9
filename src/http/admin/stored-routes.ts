import type { RouteConfig } from '@hono/zod-openapi'
import { failures } from './routes.ts'

const OPENAI_DOCS = 'https://platform.openai.com/docs/api-reference'
const ANTHROPIC_DOCS = 'https://docs.anthropic.com/en/api'

const OPENAI = ['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1']
const ANTHROPIC = ['/v1', '/claude/v1', '/v1/anthropic', '/v1/anthropic/v1', '/api/proxy/v1']
const ALL = [...new Set([...OPENAI, ...ANTHROPIC])]

/** What is done with files or batches: once for each path it is answered on. */
interface Deed {
  readonly id: string
  readonly method: 'get' | 'post' | 'delete'
  readonly under: readonly string[]
  readonly tail: string
  readonly summary: string
  readonly docs: string
}

const deed = (
  id: string,
  [method, tail]: readonly [Deed['method'], string],
  under: readonly string[],
  summary: string,
  docs: string,
): Deed => ({ id, method, under, tail, summary, docs })

const FILES = `${OPENAI_DOCS}/files`
const BATCHES = `${OPENAI_DOCS}/batch`
const MESSAGE_BATCHES = `${ANTHROPIC_DOCS}/creating-message-batches`

const DEEDS: readonly Deed[] = [
  deed('uploadFile', ['post', '/files'], ALL, 'Upload a file to a provider', FILES),
  deed('listFiles', ['get', '/files'], ALL, 'List your own files', FILES),
  deed('getFile', ['get', '/files/{id}'], ALL, 'Get a file', FILES),
  deed('getFileContent', ['get', '/files/{id}/content'], ALL, 'Read a file', FILES),
  deed('deleteFile', ['delete', '/files/{id}'], ALL, 'Delete a file', FILES),
  deed('createBatch', ['post', '/batches'], OPENAI, 'Make a batch of a file of requests', BATCHES),
  deed('listBatches', ['get', '/batches'], OPENAI, 'List your own batches', BATCHES),
  deed('getBatch', ['get', '/batches/{id}'], OPENAI, 'Get a batch', BATCHES),
  deed('cancelBatch', ['post', '/batches/{id}/cancel'], OPENAI, 'Cancel a batch', BATCHES),
  deed('createMessageBatch', ['post', '/messages/batches'], ANTHROPIC, 'Make a batch of messages', MESSAGE_BATCHES),
  deed(
    'listMessageBatches',
    ['get', '/messages/batches'],
    ANTHROPIC,
    'List your own batches of messages',
    MESSAGE_BATCHES,
  ),
  deed('getMessageBatch', ['get', '/messages/batches/{id}'], ANTHROPIC, 'Get a batch of messages', MESSAGE_BATCHES),
  deed(
    'getMessageBatchResults',
    ['get', '/messages/batches/{id}/results'],
    ANTHROPIC,
    'Read the results of a batch of messages',
    MESSAGE_BATCHES,
  ),
  deed(
    'cancelMessageBatch',
    ['post', '/messages/batches/{id}/cancel'],
    ANTHROPIC,
    'Cancel a batch of messages',
    MESSAGE_BATCHES,
  ),
  deed(
    'deleteMessageBatch',
    ['delete', '/messages/batches/{id}'],
    ANTHROPIC,
    'Delete a batch of messages',
    MESSAGE_BATCHES,
  ),
]

const FREE_FORM = { type: 'object' as const, additionalProperties: true }
const body = (description: string) => ({ description, content: { 'application/json': { schema: FREE_FORM } } })

/** The paths of files and batches. `security`: how a key is given. */
export const storedRoutes = (security: NonNullable<RouteConfig['security']>): readonly RouteConfig[] =>
  DEEDS.flatMap(({ id, method, under, tail, summary, docs }) =>
    under.map(
      (prefix, place): RouteConfig => ({
        method,
        path: prefix + tail,
        operationId: place === 0 ? id : `${id}${place + 1}`,
        tags: ['Files and batches'],
        summary: place === 0 ? summary : `${summary} (same as ${under[0]}${tail})`,
        externalDocs: { url: docs, description: "The vendor's reference." },
        security,
        ...(tail.includes('{id}') && {
          parameters: [{ name: 'id', in: 'path' as const, required: true, schema: { type: 'string' as const } }],
        }),
        responses: { 200: body("The vendor's own answer."), ...failures(404) },
      }),
    ),
  )
