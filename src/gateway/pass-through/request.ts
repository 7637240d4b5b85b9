import type { Candidate } from '../../routing/types.ts'
import { upstreamHeaders } from '../../upstream/headers.ts'
import type { UpstreamRequest } from '../../upstream/types.ts'
import type { Call } from '../call.ts'
import { type Ask, withModelInPath } from './ask.ts'
import { withModel } from './body.ts'
import { queryOf, targetOf } from './endpoint.ts'

/** Headers that would leave out the end of an answer, where the usage stands. */
const PARTIAL = ['range', 'if-range', 'if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since']

/** The request as it is sent: the client's own, but for its credentials and the name of its model. */
export const buildPassRequest = (call: Call, ask: Ask, candidate: Candidate, key: string): UpstreamRequest => {
  const { provider } = candidate.channel
  const { kind } = provider
  const { upstreamModel } = candidate
  const model = ask.isFree || upstreamModel === ask.model ? undefined : upstreamModel
  const client = new Headers(call.request.headers)
  for (const name of kind.withoutHeaders ?? []) client.delete(name)
  for (const name of ask.isFree ? [] : PARTIAL) client.delete(name)
  const headers = upstreamHeaders(client, kind.auth, kind.credentials ? '' : key, kind.headers)
  // Of a body that is not there nothing is said.
  if (ask.body.kind === 'none' && !client.has('content-type')) delete headers['content-type']
  const segments = model === undefined ? ask.endpoint.segments : withModelInPath(ask.endpoint, model)
  return {
    method: methodOf(call.request.method),
    url: targetOf(provider.baseUrl, segments, queryOf(call.search, model)),
    headers,
    body: model === undefined ? ask.body.bytes : withModel(ask.body, model),
    timeouts: provider.timeouts,
  }
}

const METHODS = ['POST', 'GET', 'DELETE', 'HEAD', 'PATCH', 'PUT'] as const

/** Throws for a method that no rule can have opened the endpoint for. */
const methodOf = (method: string): UpstreamRequest['method'] => {
  const known = METHODS.find((each) => each === method)
  if (known === undefined) throw new Error('a pass-through was let in with a method that is not sent')
  return known
}
