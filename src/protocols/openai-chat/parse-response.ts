import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { createAnswerReader } from './read-answer.ts'
import { objectOf, objectsOf } from '../json.ts'

/** Reads a whole answer as a stream of one chunk, so that both mean the same. */
export const parseResponse = (body: JsonObject, source: Source): Answer => {
  const reader = createAnswerReader(source, true)
  const choices = objectsOf(body.choices).map((choice) => ({ ...choice, delta: undefined, message: numbered(choice) }))
  return collect([...reader.push({ ...body, choices }, ''), ...reader.end()])
}

/** A whole answer's calls are told apart by their place. */
const numbered = (choice: JsonObject): JsonObject => {
  const message = objectOf(choice.message)
  const calls = objectsOf(message.tool_calls)
  return calls.length === 0 ? message : { ...message, tool_calls: calls.map((call, index) => ({ ...call, index })) }
}
