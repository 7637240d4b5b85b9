import type { WireFormat } from '../canon/operation.ts'
import { ERRORS, type GatewayError, retryHeaders } from '../errors.ts'
import type { Admission } from '../limits/types.ts'
import { copyAnswerHeaders } from '../upstream/headers.ts'
import type { Admitted, Begun, Call } from './call.ts'

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
  { candidate, answer, prepared, estimated }: Begun,
  { admission, envelope, tab }: Admitted,
  limitHeaders: LimitHeaders,
): AnswerHeaders => {
  const headers = ownHeaders(call, admission, limitHeaders)
  copyAnswerHeaders(answer.headers, headers)
  headers['x-tollgate-provider'] = candidate.channel.provider.id
  headers['x-tollgate-model'] = candidate.model.id
  if (estimated) headers['x-tollgate-estimated'] = 'true'
  if (prepared.translation) headers['content-type'] = contentType(call, envelope.stream)
  declareWarnings(headers, tab.warnings)
  return headers
}

const contentType = ({ operation, search }: Call, stream: boolean): string => {
  if (!stream || (operation.format === 'gemini' && search.get('alt') !== 'sse')) return 'application/json'
  return 'text/event-stream; charset=utf-8'
}

/** Proxies refuse a header above some 8 KB; the receipt lists every warning. */
const WARNINGS_LENGTH_MAX = 4_096

/** Says what a translation lost, as `<JSON pointer>;<code>`, separated by commas. */
export const declareWarnings = (headers: AnswerHeaders, warnings: readonly string[]): void => {
  if (warnings.length === 0) return
  let text = ''
  for (const warning of warnings) {
    const written = encodeURI(warning.toWellFormed()).replaceAll(',', '%2C')
    if (text.length + written.length > WARNINGS_LENGTH_MAX) break
    text += text === '' ? written : `, ${written}`
  }
  headers['x-tollgate-warnings'] = text
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
