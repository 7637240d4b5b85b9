import type { Codec } from '../../canon/codec.ts'
import { parseError } from './parse-error.ts'
import { parseRequest } from './parse-request.ts'
import { parseResponse } from './parse-response.ts'
import { parseStream } from './parse-stream.ts'
import { renderRequest } from './render-request.ts'
import { renderResponse } from './render-response.ts'
import { renderStream } from './render-stream.ts'

/** OpenAI Responses, between its bytes and the canonical model. */
export const openAiResponsesCodec: Codec = {
  format: 'openai-responses',
  parseRequest,
  renderRequest,
  parseResponse,
  renderResponse,
  parseStream,
  renderStream,
  parseError,
}
