import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { parseResponse as parseMessage } from '../anthropic-messages/parse-response.ts'
import { objectOf, objectsOf, textOf } from '../json.ts'
import { messagesBlock, messagesStop, readStop } from './parse-blocks.ts'
import { messagesUsage } from './usage.ts'

/** Reads a whole answer, as the message that it is. */
export const parseResponse = (body: JsonObject, source: Source): Answer => {
  const { output, stopReason, usage } = body
  const { content } = objectOf(objectOf(output).message)
  const native = textOf(stopReason)
  const answer = parseMessage(
    {
      ...(Array.isArray(content) && { content: objectsOf(content).map(messagesBlock) }),
      stop_reason: messagesStop(native),
      usage: messagesUsage(objectOf(usage)),
    },
    source,
  )
  return answer.error ? answer : { ...answer, stop: readStop(native) }
}
