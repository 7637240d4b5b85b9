import type { WireFormat } from '../canon/operation.ts'
import { ERRORS, type GatewayError, retryHeaders } from '../errors.ts'
import type { Admission } from '../limits/types.ts'
import type { Candidate } from '../routing/types.ts'
import { copyAnswerHeaders } from '../upstream/headers.ts'
import type { Call } from './call.ts'

export type LimitHeaders = (admission: Admission, format: WireFormat) => Record<string, string>

/** Headers as a plain object: built by assignment, made into `Headers` once, by the answer. */
export type AnswerHeaders = Record<string, string>

/** The request's id, under the names its client reads it from: the Anthropic SDKs' is another. */
export const idHeaders = ({ id, operation }: Pick<Call, 'id' | 'operation'>): AnswerHeaders =>
  operation.format === 'anthropic-messages' ? { 'x-request-id': id, 'request-id': id } : { 'x-request-id': id }

/** The headers every answer carries, refusals included. */
const ownHeaders = (call: Call, admission: Admission | undefined, limitHeaders: LimitHeaders): AnswerHeaders => {
  const headers = admission ? limitHeaders(admission, call.operation.format) : {}
  return Object.assign(headers, idHeaders(call))
}

/** Headers of an upstream's answer on its way to the client. */
export const answerHeaders = (
  call: Call,
  candidate: Candidate,
  upstream: Headers,
  admission: Admission | undefined,
  limitHeaders: LimitHeaders,
): AnswerHeaders => {
  const headers = ownHeaders(call, admission, limitHeaders)
  copyAnswerHeaders(upstream, headers)
  headers['x-tollgate-provider'] = candidate.channel.provider.id
  headers['x-tollgate-model'] = candidate.model.id
  return headers
}

/** A refusal or failure of ours, in the client's wire format. */
export const createRefuse =
  (limitHeaders: LimitHeaders, log: (call: Call, error: GatewayError) => void) =>
  (call: Call, error: GatewayError, admission?: Admission): Response => {
    log(call, error)
    const status = ERRORS[error.kind].status
    const headers: AnswerHeaders = {
      ...ownHeaders(call, admission, limitHeaders),
      ...retryHeaders(error),
      'content-type': 'application/json',
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="tollgate"' } : {}),
    }
    return new Response(call.protocol.renderError(error, call.id), { status, headers })
  }
