import type { Envelope } from '../canon/envelope.ts'
import type { WireFormat } from '../canon/operation.ts'
import { ERRORS, type GatewayError, retryHeaders } from '../errors.ts'
import type { Admission } from '../limits/types.ts'
import { copyAnswerHeaders } from '../upstream/headers.ts'
import type { Admitted, Begun, Call } from './call.ts'
import { tellsSecretOf } from './provider-secrets.ts'

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
  { candidate, answer, prepared, estimated, later }: Begun,
  { admission, envelope, tab }: Admitted,
  limitHeaders: LimitHeaders,
): AnswerHeaders => {
  const headers = ownHeaders(call, admission, limitHeaders)
  copyAnswerHeaders(answer.headers, headers, tellsSecretOf(candidate.channel.provider))
  headers['x-tollgate-provider'] = candidate.channel.provider.id
  headers['x-tollgate-model'] = candidate.model.id
  if (estimated) headers['x-tollgate-estimated'] = 'true'
  if (prepared.translation) headers['content-type'] = contentType(call, envelope.stream)
  // What will be lost on the way to whoever answers in the end nobody knows yet.
  declareWarnings(headers, later ? [...tab.warnings, ...prepared.warnings] : tab.warnings)
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

export const isEvents = (upstream: Headers): boolean =>
  upstream.get('content-type')?.toLowerCase().startsWith('text/event-stream') === true

/** By what the upstream sent rather than by what was asked: some answer a streaming request with plain JSON. */
export const comesAsStream = (
  call: Call,
  { stream }: Envelope,
  { answer, prepared, candidate }: Omit<Begun, 'estimated'>,
): boolean => {
  const sse = isEvents(answer.headers)
  // A client that asked for one answer gets one, however another vendor gives it.
  if (prepared.translation) return stream && (sse || candidate.upstreamFormat === 'gemini')
  if (sse) return true
  // Gemini streams a JSON array where it was not asked for `alt=sse`, or does not know that.
  return stream && (answer.headers.get('content-type') === null || call.operation.format === 'gemini')
}

/** The status that a client of this format is told a failure by. */
export const statusOf = ({ kind }: GatewayError, { operation }: Pick<Call, 'operation'>): number => {
  const row: { readonly status: number; readonly anthropicStatus?: number } = ERRORS[kind]
  return (operation.format === 'anthropic-messages' ? row.anthropicStatus : undefined) ?? row.status
}

/** A refusal or failure of ours, in the client's wire format. */
export const createRefuse =
  (limitHeaders: LimitHeaders, log: (call: Call, error: GatewayError) => void) =>
  (call: Call, error: GatewayError, admission?: Admission): Response => {
    log(call, error)
    const status = statusOf(error, call)
    const headers: AnswerHeaders = {
      ...ownHeaders(call, admission, limitHeaders),
      ...retryHeaders(error),
      'content-type': 'application/json',
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="tollgate"' } : {}),
    }
    return new Response(call.protocol.renderError(error, call.id), { status, headers })
  }
