import type { Codec } from '../../canon/codec.ts'
import { parseError } from './parse-error.ts'
import { parseRequest } from './parse-request.ts'
import { parseResponse } from './parse-response.ts'
import { parseStream } from './parse-stream.ts'
import { renderRequest } from './render-request.ts'
import { renderResponse } from './render-response.ts'
import { renderStream } from './render-stream.ts'

/** Anthropic Messages, between bytes and the canonical model. */
export const anthropicMessagesCodec: Codec = {
  format: 'anthropic-messages',
  parseRequest,
  renderRequest,
  parseResponse,
  renderResponse,
  parseStream,
  renderStream,
  parseError,
}
