import type { GatewayError } from '../../errors.ts'
import { KEEP_ALIVE, openAiError, renderError } from '../openai-chat/error.ts'

export { KEEP_ALIVE, renderError }

/**
 * An error after the headers are gone. The schema has its fields flat, OpenAI's own servers nest them under `error`, and
 * clients read either, so both are there. The sequence number is unknown here; no client compares that of an error.
 * Begins with a blank line for the reason given in `openai-chat/error.ts`.
 */
export const renderStreamError = (error: GatewayError, requestId: string): string => {
  const body = openAiError(error, requestId)
  const { code, message, param } = body
  return `\n\nevent: error\ndata: ${JSON.stringify({ type: 'error', sequence_number: 0, code, message, param, error: body })}\n\n`
}
