import type { KeptResponse, Store } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import { scopeOf } from '../gateway/recall.ts'
import { listedItems } from '../translation/stored.ts'
import { type Endpoint, type EndpointDeps, type Entered, json } from './endpoint.ts'

/** The ids are the upstreams' own, and not all are made of letters and digits. */
const RESPONSE =
  /^(?:\/v1|\/openai\/v1|\/v1\/openai|\/api\/proxy\/v1)\/responses\/([^/]{1,256})(\/input_items|\/cancel)?$/

export type ResponsesDeps = EndpointDeps & { readonly responses: Pick<Store['responses'], 'find' | 'remove'> }

/** What is done with one kept response, by method and by what follows its id in the path. */
type Act = (deps: ResponsesDeps, call: Call, entered: Entered, id: string) => Promise<Response>

/**
 * `GET` and `DELETE /v1/responses/{id}`, its `input_items`, and `cancel`: answers of the Responses API that are kept here,
 * whoever gave them. Keys of another project, or of another user, are told that there are none.
 */
export const createResponsesEndpoint = (deps: ResponsesDeps): Endpoint => {
  const answer = async (call: Call, act: Act, id: string): Promise<Response> => {
    const entered = await deps.enter(call, 'generate')
    return entered.ok ? act(deps, call, entered.value, id) : entered.error
  }
  return (call, path) => {
    const [, written = '', rest = ''] = RESPONSE.exec(path) ?? []
    const id = decode(written)
    const act = id === undefined ? undefined : ACTS.get(`${call.request.method} ${rest}`)
    return act && id !== undefined ? answer(call, act, id) : undefined
  }
}

/** `undefined` where there is no id. */
const decode = (written: string): string | undefined => {
  try {
    return decodeURIComponent(written) || undefined
  } catch {
    return undefined
  }
}

/** A response that is there for whoever asks, or the refusal. */
const withFound = async (
  deps: ResponsesDeps,
  call: Call,
  { principal }: Entered,
  id: string,
  use: (kept: KeptResponse) => Response,
): Promise<Response> => {
  const kept = await deps.responses.find(scopeOf(principal), id)
  return kept ? use(kept) : deps.refuse(call, noResponse(id))
}

const retrieve: Act = async (deps, call, entered, id) => {
  if (call.search.get('stream') === 'true') return deps.refuse(call, NOT_STREAMED)
  return withFound(deps, call, entered, id, ({ body }) => {
    const headers = { ...entered.headers, ...OWN_HEADERS, 'x-request-id': call.id }
    return new Response(body, { headers })
  })
}

/** The answers of other endpoints are written here; this one is told as it was kept. */
const OWN_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' }

const remove: Act = async (deps, call, { principal, headers }, id) => {
  const wasThere = await deps.responses.remove(scopeOf(principal), id)
  if (!wasThere) return deps.refuse(call, noResponse(id))
  return json(call, { id, object: 'response.deleted', deleted: true }, { headers })
}

const cancel: Act = (deps, call, entered, id) =>
  withFound(deps, call, entered, id, () => deps.refuse(call, NOT_IN_BACKGROUND))

const LIMIT_MAX = 100
const LIMIT_DEFAULT = 20

const listInput: Act = async (deps, call, entered, id) => {
  const limit = Number(call.search.get('limit') ?? LIMIT_DEFAULT)
  const order = call.search.get('order') ?? 'desc'
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) return deps.refuse(call, WRONG_LIMIT)
  if (order !== 'asc' && order !== 'desc') return deps.refuse(call, WRONG_ORDER)
  return withFound(deps, call, entered, id, ({ input }) => {
    const all = listedItems(input, id)
    const items = order === 'asc' ? all : all.toReversed()
    const after = call.search.get('after')
    const start = after === null ? 0 : items.findIndex((item) => item.id === after) + 1
    if (after !== null && start === 0) return deps.refuse(call, wrongAfter(after))
    const data = items.slice(start, start + limit)
    const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
    const list = { object: 'list', data, ...ends, has_more: start + limit < items.length }
    return json(call, list, { headers: entered.headers })
  })
}

const ACTS: ReadonlyMap<string, Act> = new Map([
  ['GET ', retrieve],
  ['DELETE ', remove],
  ['GET /input_items', listInput],
  ['POST /cancel', cancel],
])

const noResponse = (id: string): GatewayError =>
  fault(
    'not-found',
    `Response with id '${id}' not found. It has expired, was deleted, was made with \`store: false\`, or is not your key's.`,
  )

const NOT_STREAMED = fault(
  'unsupported-parameter',
  'A response that is kept is not streamed again: leave `stream` out to have it whole.',
  { param: 'stream' },
)
const NOT_IN_BACKGROUND = fault(
  'invalid-request',
  'Only background responses can be cancelled, and none are run here. Hang up to end an answer that is being streamed.',
)
const WRONG_LIMIT = fault('invalid-request', `\`limit\` must be a whole number from 1 to ${LIMIT_MAX}.`, {
  param: 'limit',
})
const WRONG_ORDER = fault('invalid-request', '`order` must be `asc` or `desc`.', { param: 'order' })
const wrongAfter = (after: string): GatewayError =>
  fault('invalid-request', `No input item of this response has the id '${after.slice(0, 128)}'.`, { param: 'after' })
