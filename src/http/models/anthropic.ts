import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { type ListedModel, readPageSize, rfc3339 } from './listed.ts'

const LIMIT_DEFAULT = 20
const LIMIT_MAX = 1_000

/**
 * Renders `GET /v1/models` as Anthropic does: https://platform.claude.com/docs/en/api/models-list. Pages by `limit` with
 * `after_id` or `before_id`; newest models first.
 */
export const renderAnthropicModels = (
  listed: readonly ListedModel[],
  query: URLSearchParams,
): Result<unknown, GatewayError> => {
  const limit = readPageSize(query.get('limit') ?? String(LIMIT_DEFAULT), LIMIT_MAX)
  if (limit === undefined) return err(badQuery('limit', `must be a whole number from 1 to ${LIMIT_MAX}`))
  const afterId = query.get('after_id')
  const beforeId = query.get('before_id')
  if (afterId !== null && beforeId !== null) return err(badQuery('before_id', 'cannot be combined with after_id'))
  const sorted = [...listed].sort((a, b) => b.model.createdAt - a.model.createdAt || (a.model.id < b.model.id ? -1 : 1))
  const cursor = afterId ?? beforeId
  const at = cursor === null ? -1 : sorted.findIndex(({ model }) => model.id === cursor)
  if (cursor !== null && at === -1) {
    return err(badQuery(afterId === null ? 'before_id' : 'after_id', 'must be the id of a model in the list'))
  }
  const start = beforeId === null ? at + 1 : Math.max(0, at - limit)
  const end = beforeId === null ? start + limit : at
  const data = sorted.slice(start, end)
  return ok({
    data: data.map(renderAnthropicModel),
    // Towards where the paging goes: onwards from after_id, back from before_id.
    has_more: beforeId === null ? end < sorted.length : start > 0,
    first_id: data.at(0)?.model.id ?? null,
    last_id: data.at(-1)?.model.id ?? null,
  })
}

/** Renders one model, as in the list. */
export const renderAnthropicModel = ({ model }: ListedModel): unknown => {
  const supports = (capability: string) => ({ supported: model.capabilities.includes(capability) })
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName,
    created_at: rfc3339(model.createdAt),
    max_input_tokens: model.contextWindow ?? null,
    max_tokens: model.maxOutputTokens ?? null,
    capabilities: {
      image_input: supports('images'),
      pdf_input: supports('documents'),
      structured_outputs: supports('structured_output'),
      thinking: supports('reasoning'),
    },
  }
}

const badQuery = (param: string, issue: string): GatewayError =>
  fault('invalid-request', `The query parameter "${param}" ${issue}.`, { param, issue })
