import { effortOf, listOf, objectOrNothing, sampling, spokenOf, textOrNothing } from './build-shared.ts'
import {
  dataUrlOf,
  given,
  type JsonObject,
  type Part,
  type Question,
  type Settings,
  stateFor,
  type Tool,
  type Turn,
  type UserTurn,
} from './conversation.ts'

/** The body of `POST /v1/responses`. */
export const responsesBody = ({ model, system, turns, tools, settings, isStreamed }: Question): JsonObject =>
  given({
    model,
    instructions: textOrNothing(system),
    input: turns.flatMap(itemsOf),
    tools: listOf(tools, toolOf),
    max_output_tokens: settings.maxTokens,
    reasoning: reasoningOf(settings),
    ...sampling({ settings, isStreamed }),
  })

const reasoningOf = (settings: Settings): JsonObject | undefined =>
  objectOrNothing(given({ effort: effortOf(settings), summary: settings.showsThinking ? 'auto' : undefined }))

const itemsOf = (turn: Turn): readonly JsonObject[] => {
  if (turn.role === 'user') return [{ role: 'user', content: contentOf(turn) }]
  if (turn.role === 'assistant') return turn.parts.flatMap(outputOf)
  return turn.results.map(({ callId, text }) => ({ type: 'function_call_output', call_id: callId, output: text }))
}

const contentOf = (turn: UserTurn): string | readonly JsonObject[] =>
  spokenOf(turn, 'input_text', (image) => ({ type: 'input_image', image_url: dataUrlOf(image), detail: 'auto' }))

/** An item goes back as it came; words of another format, or of somebody's own, as a message. */
const outputOf = (part: Part): readonly JsonObject[] => {
  const item = stateFor(part, 'openai-responses')
  if (item) return [item]
  if (part.kind === 'call')
    return [{ type: 'function_call', call_id: part.id, name: part.name, arguments: part.arguments }]
  return part.kind === 'thinking' || part.text === '' ? [] : [{ role: 'assistant', content: part.text }]
}

/** Strict schemas are the default of this format alone, and refuse most schemas that people write. */
const toolOf = ({ name, description, schema }: Tool): JsonObject =>
  given({ type: 'function', name, description, parameters: schema, strict: false })
