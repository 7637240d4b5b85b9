import type { UpstreamCodec } from '../../canon/codec.ts'
import { parseError } from '../anthropic-messages/parse-error.ts'
import { parseResponse } from './parse-response.ts'
import { parseStream } from './parse-stream.ts'
import { renderRequest } from './render-request.ts'

/**
 * Bedrock's Converse. It says what Messages says in other words, so it is written by way of Messages and read as Messages.
 * Errors are a bare `{"message"}`, which servers in Anthropic's likeness send too.
 */
export const bedrockConverseCodec: UpstreamCodec = {
  format: 'bedrock-converse',
  renderRequest,
  parseResponse,
  parseStream,
  parseError,
}
