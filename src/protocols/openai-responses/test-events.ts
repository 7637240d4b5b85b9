import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { textOf } from '../json.ts'
import { parseStream } from './parse-stream.ts'
import { OPENAI } from './test-answers.ts'

/** What tests of parsing a stream share: the events of an upstream, and what is read from them. */

export const event = (type: string, more: JsonObject = {}): JsonObject => ({ type: `response.${type}`, ...more })
export const CREATED = event('created', {
  response: { id: 'resp_up', model: 'gpt', status: 'in_progress', output: [] },
})
export const added = (output_index: number, item: JsonObject) => event('output_item.added', { output_index, item })
export const done = (output_index: number, item: JsonObject) => event('output_item.done', { output_index, item })
export const ended = (output: readonly JsonObject[] = [], more: JsonObject = {}) =>
  event('completed', { response: { id: 'resp_up', model: 'gpt', status: 'completed', output, ...more } })
export const incomplete = (reason: string, output: readonly JsonObject[] = []) =>
  event('incomplete', { response: { status: 'incomplete', incomplete_details: { reason }, output } })

export const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant' }
export const message = (...content: readonly JsonObject[]) => ({ ...MESSAGE, status: 'completed', content })
export const said = (text: string) => ({ type: 'output_text', text, annotations: [] })
export const call = (args: string, more: JsonObject = {}) => ({
  id: 'fc_1',
  type: 'function_call',
  call_id: 'call_1',
  name: 'f',
  arguments: args,
  ...more,
})
export const about = (output_index: number, item_id: string) => ({
  output_index,
  item_id,
  content_index: 0,
  summary_index: 0,
})
export const textDelta = (delta: string, output_index = 0) =>
  event('output_text.delta', { ...about(output_index, 'msg_1'), delta })
export const argsDelta = (delta: string, output_index = 0) =>
  event('function_call_arguments.delta', { ...about(output_index, 'fc_1'), delta })

export const read = (events: readonly JsonObject[], source = OPENAI): readonly AnswerEvent[] => {
  const parser = parseStream(source)
  return [...events.flatMap((each) => parser.push(each, textOf(each.type))), ...parser.end()]
}
