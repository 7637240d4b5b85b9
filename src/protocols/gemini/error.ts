import type { StreamPlace } from '../../canon/protocol.ts'
import { ERRORS, type GatewayError } from '../../errors.ts'

const TYPE_URL = 'type.googleapis.com/google.rpc.'

/** Details in Google's standard types (google/rpc/error_details.proto). */
const details = (error: GatewayError, requestId: string): readonly object[] => {
  const { code } = ERRORS[error.kind]
  const list: object[] = [{ '@type': `${TYPE_URL}ErrorInfo`, reason: code.toUpperCase(), domain: 'tollgate' }]
  if (error.param !== undefined) {
    const fieldViolations = [{ field: error.param, description: error.issue ?? error.message }]
    list.push({ '@type': `${TYPE_URL}BadRequest`, fieldViolations })
  }
  if (error.retryAfterMs !== undefined)
    list.push({ '@type': `${TYPE_URL}RetryInfo`, retryDelay: `${Math.max(1, Math.ceil(error.retryAfterMs / 1_000))}s` })
  list.push({ '@type': `${TYPE_URL}RequestInfo`, requestId })
  return list
}

/** The body of an error answer in Gemini's shape. */
export const renderError = (error: GatewayError, requestId: string): string => {
  const { status, geminiStatus } = ERRORS[error.kind]
  return JSON.stringify({
    error: { code: status, message: error.message, status: geminiStatus, details: details(error, requestId) },
  })
}

/**
 * With `alt=sse`, which is what every client asks for, an event; it begins with a blank line for the reason given in
 * `openai-chat/error.ts`, and has data only, as Google's SDK drops an event that begins with anything but `data:`.
 * Without, the last value of the array, which it closes.
 */
export const renderStreamError = (error: GatewayError, requestId: string, place: StreamPlace = 'sse'): string => {
  const body = renderError(error, requestId)
  if (place === 'sse') return `\n\ndata: ${body}\n\n`
  return `${place === 'json-first' ? '[' : ','}${body}]`
}

/** Gemini CLI dies on comments and Google's SDK parses every event as a chunk: silence is all there is. */
export const KEEP_ALIVE = ''
