import { ERRORS, type GatewayError } from '../../errors.ts'

interface OpenAiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string
  readonly details?: { readonly field: string; readonly issue: string }
  readonly request_id: string
}

/** OpenAI's error object, the same in every format of theirs; `details` and `request_id` are Tollgate's additions. */
export const openAiError = (error: GatewayError, requestId: string): OpenAiError => {
  const { type, code } = ERRORS[error.kind]
  const details =
    error.param === undefined ? {} : { details: { field: error.param, issue: error.issue ?? error.message } }
  return { message: error.message, type, param: error.param ?? null, code, ...details, request_id: requestId }
}

/** The body of an error answer in Chat, Responses, Completions and Embeddings. */
export const renderError = (error: GatewayError, requestId: string): string =>
  JSON.stringify({ error: openAiError(error, requestId) })

/**
 * An error after the headers are gone: the official SDKs raise it when a chunk has a top-level `error`. No `[DONE]` may
 * follow. It begins with a blank line, so that an event cut before it is ended and cannot swallow it; the cut half then
 * reaches the client as an event that does not parse, so a relay that holds half events back is kinder.
 */
export const renderStreamError = (error: GatewayError, requestId: string): string =>
  `\n\ndata: ${renderError(error, requestId)}\n\n`

/** A comment, which every client of OpenAI's formats skips; data would be taken for a chunk. */
export const KEEP_ALIVE = ': keep-alive\n\n'
