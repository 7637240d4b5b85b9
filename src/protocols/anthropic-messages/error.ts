import { ERRORS, type GatewayError } from '../../errors.ts'
import { inAnthropicWords } from './context-length.ts'

/**
 * What only some errors say more. `error_code` is what Anthropic's SDK looks for before it resends a threaded
 * conversation whole; without it such a refusal is final for the user.
 */
const details = (error: GatewayError): { readonly details?: Readonly<Record<string, string>> } => {
  const field = error.param === undefined ? {} : { field: error.param, issue: error.issue ?? error.message }
  const errorCode = error.kind === 'thread-unsupported' ? { error_code: ERRORS[error.kind].code } : {}
  const all = { ...field, ...errorCode }
  return Object.keys(all).length === 0 ? {} : { details: all }
}

/** The body of an error answer, and of the in-stream event, in Anthropic's shape. */
export const renderError = (error: GatewayError, requestId: string): string =>
  JSON.stringify({
    type: 'error',
    error: { type: ERRORS[error.kind].anthropicType, message: inAnthropicWords(error).message, ...details(error) },
    request_id: requestId,
  })

/** Begins with a blank line for the reason given in `openai-chat/error.ts`. No `message_stop` may follow. */
export const renderStreamError = (error: GatewayError, requestId: string): string =>
  `\n\nevent: error\ndata: ${renderError(error, requestId)}\n\n`

/** Anthropic's own keep-alive, which its clients expect at any point of a stream. */
export const KEEP_ALIVE = 'event: ping\ndata: {"type":"ping"}\n\n'
