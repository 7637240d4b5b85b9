import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { fault } from '../../errors.ts'
import { objectOf } from '../json.ts'
import { parseStream } from './parse-stream.ts'

const UNREADABLE = fault('upstream-unreadable', 'The provider sent an answer that is not a response. Try again.')

/** Reads a whole response: as a stream of which only the last event came. */
export const parseResponse = (body: JsonObject, source: Source): Answer => {
  const parser = parseStream(source)
  // An event around it is unwrapped; nobody but a server that answers a stream unasked writes one.
  const response = body.response === undefined ? body : objectOf(body.response)
  const events = parser.push(response, '')
  const isWhole = events.some(({ type }) => type === 'end' || type === 'error')
  return collect(isWhole ? events : [...events, { type: 'error', error: UNREADABLE }])
}
