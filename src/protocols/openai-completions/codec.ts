import type { Codec } from '../../canon/codec.ts'
import { fault } from '../../errors.ts'
import { err } from '../../result.ts'
import { parseError } from '../openai-chat/parse-error.ts'
import { parseRequest } from './parse-request.ts'
import { renderResponse } from './render-response.ts'
import { renderStream } from './render-stream.ts'

/** A completion model has no turns, roles or tools to translate a conversation into. */
const NO_UPSTREAM = fault(
  'unsupported-format',
  'This model is served through legacy Completions only, which no other format can be translated into. Send the request to /v1/completions, or choose another model.',
)

/** Legacy Completions as a client's format. As an upstream's it is passed through or not served. */
export const openAiCompletionsCodec: Codec = {
  format: 'openai-completions',
  parseRequest,
  renderRequest: () => err(NO_UPSTREAM),
  parseResponse: () => ({
    id: undefined,
    model: undefined,
    blocks: [],
    stop: { reason: 'other' },
    usage: undefined,
    error: NO_UPSTREAM,
  }),
  renderResponse,
  parseStream: () => {
    let isTold = false
    const fail = () => {
      if (isTold) return []
      isTold = true
      return [{ type: 'error', error: NO_UPSTREAM } as const]
    }
    return { push: fail, end: fail }
  },
  renderStream,
  parseError,
}
