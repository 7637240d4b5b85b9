import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { parseError } from './parse-error.ts'
import { parseStream } from './parse-stream.ts'

/** Reads a whole message as the stream that tells it, so that both always mean the same. */
export const parseResponse = (body: JsonObject, source: Source): Answer => {
  if (body.type === 'error' || (body.error != null && !Array.isArray(body.content)))
    return failed(parseError(200, body))
  if (!Array.isArray(body.content)) return failed(UNREADABLE)
  return collect(parseStream(source).push({ ...body, type: 'message' }, 'message'))
}

const UNREADABLE = fault('upstream-unreadable', 'The provider answered without any content. Try again.')

const failed = (error: GatewayError): Answer => ({
  id: undefined,
  model: undefined,
  blocks: [],
  stop: { reason: 'other' },
  usage: undefined,
  error,
})
