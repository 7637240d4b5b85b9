import type { WireFormat } from '../../canon/operation.ts'
import type { Protocol } from '../../canon/protocol.ts'
import { fault } from '../../errors.ts'
import type { Call } from '../../gateway/call.ts'
import type { Explain } from '../../gateway/explain/explain.ts'
import type { Result } from '../../result.ts'
import { type Endpoint, type EndpointDeps, type Entered, json } from '../endpoint.ts'
import { ADMIN_HEADER, readToExplain, type ToExplainDeps } from './request.ts'
import { renderExplanation } from './render.ts'

export const EXPLAIN_PATH = '/v1/explain'

export interface ExplainEndpointDeps extends Pick<EndpointDeps, 'refuse'>, ToExplainDeps {
  /** Lets any key in, counted as a request. */
  readonly enter: (call: Call, needs: undefined) => Promise<Result<Entered, Response>>
  readonly explain: Explain
  readonly protocols: Readonly<Record<WireFormat, Protocol>>
  readonly isAdmin: (secret: string) => boolean
}

/** `POST /v1/explain`: what would become of a request. Nothing is sent, set aside or spent. */
export const createExplainEndpoint = (deps: ExplainEndpointDeps): Endpoint => {
  const answer = async (call: Call): Promise<Response> => {
    const entered = await deps.enter(call, undefined)
    if (!entered.ok) return entered.error
    const { principal, headers, admission } = entered.value
    const adminKey = call.request.headers.get(ADMIN_HEADER)
    if (adminKey !== null && !deps.isAdmin(adminKey)) return deps.refuse(call, NO_ADMIN)
    const asked = await readToExplain(deps, call.request, call.search)
    if (!asked.ok) return deps.refuse(call, asked.error)
    const { operation, request, search } = asked.value
    const inner = { ...call, operation, protocol: deps.protocols[operation.format], request, search }
    const options = { counted: admission, all: call.search.get('all') === 'true' }
    const explanation = await deps.explain(inner, principal, options)
    const reader = { principal, isOperator: adminKey !== null }
    return json(call, renderExplanation(call.id, asked.value, explanation, reader), { headers })
  }
  return (call, path) => {
    if (path !== EXPLAIN_PATH) return undefined
    return call.request.method === 'POST' ? answer(call) : deps.refuse(call, METHOD)
  }
}

const METHOD = fault('method-not-allowed', 'This path takes POST, with the request that is to be explained.')
const NO_ADMIN = fault(
  'invalid-api-key',
  `This is not the admin key. Leave ${ADMIN_HEADER} out to be told what any key is told.`,
)
