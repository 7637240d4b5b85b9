import { fault, type GatewayError } from '../../errors.ts'
import type { ModelType } from '../../canon/model.ts'
import { err, ok, type Result } from '../../result.ts'
import { type ListedModel, readPageSize } from './listed.ts'

const PAGE_DEFAULT = 50
const PAGE_MAX = 1_000

/** Renders `GET /v1beta/models` as Gemini does: https://ai.google.dev/api/models#method:-models.list. Pages by id. */
export const renderGeminiModels = (
  listed: readonly ListedModel[],
  query: URLSearchParams,
): Result<unknown, GatewayError> => {
  const asked = query.get('pageSize') ?? ''
  // Gemini takes 0 for its default, and a page larger than the largest for the largest.
  const size = asked === '' || asked === '0' ? PAGE_DEFAULT : readPageSize(asked, 999_999)
  if (size === undefined) return err(badQuery('pageSize', 'must be a whole number, not negative'))
  const sorted = [...listed].sort((a, b) => (a.model.id < b.model.id ? -1 : 1))
  const token = query.get('pageToken') ?? ''
  const from = token === '' ? '' : readToken(token)
  if (from === undefined) return err(badQuery('pageToken', 'must be a nextPageToken of an earlier page'))
  const start = sorted.findIndex(({ model }) => model.id >= from)
  const rest = start === -1 ? [] : sorted.slice(start)
  const page = rest.slice(0, Math.min(size, PAGE_MAX))
  const next = rest[page.length]
  return ok({
    models: page.map(renderGeminiModel),
    ...(next && { nextPageToken: Buffer.from(next.model.id).toString('base64url') }),
  })
}

/** Renders one model, as in the list: `GET /v1beta/models/{id}`. */
export const renderGeminiModel = ({ model }: ListedModel): unknown => ({
  name: `models/${model.id}`,
  baseModelId: model.id,
  version: '001',
  displayName: model.displayName,
  description: `${model.displayName}, a ${model.type} model made by ${model.vendor}.`,
  ...(model.contextWindow !== undefined && { inputTokenLimit: model.contextWindow }),
  ...(model.maxOutputTokens !== undefined && { outputTokenLimit: model.maxOutputTokens }),
  supportedGenerationMethods: METHODS[model.type],
  ...(model.capabilities.includes('reasoning') && { thinking: true }),
})

const GENERATE = ['generateContent', 'countTokens']

const METHODS: Readonly<Record<ModelType, readonly string[]>> = {
  chat: GENERATE,
  image: GENERATE,
  audio: GENERATE,
  completion: [],
  embedding: ['embedContent', 'countTokens'],
  rerank: [],
  moderation: [],
}

const readToken = (token: string): string | undefined =>
  /^[\w-]{1,512}$/.test(token) ? Buffer.from(token, 'base64url').toString() : undefined

const badQuery = (param: string, issue: string): GatewayError =>
  fault('invalid-request', `The query parameter "${param}" ${issue}.`, { param, issue })
