import type { Units } from '../../canon/usage.ts'
import type { Reading, Seen } from '../answer-format.ts'
import { count } from '../counts.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from '../json.ts'
import { TOKENS_PER_PARTIAL, usualTokens } from '../openai-images/demand.ts'

/**
 * What a response says of the tools that the vendor ran: OpenAI in `tool_usage`, xAI in its usage. What neither tells is
 * seen in the items of the output.
 */
export const toolsIn = (response: JsonObject): Pick<Reading, 'tools' | 'seen' | 'seenIsAll'> => ({
  tools: toldIn(response),
  seen: objectsOf(response.output).flatMap((item, index) => seenIn(item, index)),
  seenIsAll: true,
})

const toldIn = (response: JsonObject): Units => {
  const tools = objectOf(response.tool_usage)
  const images = objectOf(tools.image_gen)
  const calls = objectOf(objectOf(response.usage).server_side_tool_usage_details)
  return stated({
    webSearches: count(objectOf(tools.web_search).num_requests) ?? sumOf(calls.web_search_calls, calls.x_search_calls),
    fileSearches: count(objectOf(tools.file_search).num_requests) ?? sumOf(calls.file_search_calls),
    codeSessions: sumOf(calls.code_interpreter_calls),
    imageInput: count(images.input_tokens),
    imageOutput: count(images.output_tokens),
  })
}

const stated = (units: { readonly [Name in keyof Units]: Units[Name] | undefined }): Units =>
  Object.fromEntries(Object.entries(units).filter(([, amount]) => amount !== undefined))

const sumOf = (...counts: readonly unknown[]): number | undefined => {
  const known = counts.map(count).filter((each) => each !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0)
}

/** What one finished item shows; `place`: its place in the output, by which the same item is known again. */
export const seenIn = (item: JsonObject, place: unknown): readonly Seen[] => {
  const name = String(place)
  switch (item.type) {
    case 'web_search_call':
      // Looking into a page that was found is a call too, and free.
      return [undefined, 'search'].includes(objectOf(item.action).type as undefined)
        ? [{ unit: 'webSearches', name, count: 1 }]
        : []
    case 'file_search_call':
      return [{ unit: 'fileSearches', name, count: 1 }]
    case 'code_interpreter_call':
      return [{ unit: 'codeSessions', name: textOf(item.container_id), count: 1 }]
    case 'shell_call': {
      const container = textOf(objectOf(item.environment).container_id)
      return container === '' ? [] : [{ unit: 'codeSessions', name: container, count: 1 }]
    }
    case 'image_generation_call':
      return textOf(item.result) === ''
        ? []
        : [{ unit: 'imageOutput', name, count: usualTokens(textOf(item.size), textOf(item.quality)) }]
    default:
      return []
  }
}

/** An image on its way: "each partial image incurs an additional 100 image output tokens". */
export const partialSeen = (event: JsonObject): Seen => ({
  unit: 'imageOutput',
  name: `${String(event.output_index)} ${String(event.partial_image_index)}`,
  count: TOKENS_PER_PARTIAL,
})
