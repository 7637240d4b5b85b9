import { effortOf, listOf, sampling, spokenOf } from './build-shared.ts'
import {
  type AssistantTurn,
  dataUrlOf,
  given,
  isCall,
  isObject,
  type JsonObject,
  type Question,
  stateFor,
  type Tool,
  type Turn,
  type UserTurn,
  wordsOf,
} from './conversation.ts'

/** The body of `POST /v1/chat/completions`. */
export const chatBody = ({ model, system, turns, tools, settings, isStreamed }: Question): JsonObject =>
  given({
    model,
    messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...turns.flatMap(messagesOf)],
    tools: listOf(tools, toolOf),
    max_completion_tokens: settings.maxTokens,
    reasoning_effort: effortOf(settings),
    ...sampling({ settings, isStreamed }),
  })

const messagesOf = (turn: Turn): readonly JsonObject[] => {
  if (turn.role === 'user') return [{ role: 'user', content: contentOf(turn) }]
  if (turn.role === 'assistant') return [assistantOf(turn)]
  return turn.results.map(({ callId, text }) => ({ role: 'tool', tool_call_id: callId, content: text }))
}

const contentOf = (turn: UserTurn): string | readonly JsonObject[] =>
  spokenOf(turn, 'text', (image) => ({ type: 'image_url', image_url: { url: dataUrlOf(image) } }))

const assistantOf = (turn: AssistantTurn): JsonObject => {
  const words = wordsOf(turn)
  const calls = turn.parts.filter(isCall).map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
    ...stateFor(call, 'openai-chat'),
  }))
  const thought = turn.parts.find((part) => part.kind === 'thinking' && stateFor(part, 'openai-chat'))
  const { details, field } = (thought && stateFor(thought, 'openai-chat')) ?? {}
  return given({
    role: 'assistant',
    content: words === '' && calls.length > 0 ? null : words,
    reasoning_details: Array.isArray(details) ? joinedDetails(details) : undefined,
    ...(typeof field === 'string' && thought?.kind === 'thinking' ? { [field]: thought.text } : {}),
    tool_calls: calls.length === 0 ? undefined : calls,
  })
}

/** Pieces of one entry, which a stream gives one by one under its index, are one entry again. */
const joinedDetails = (details: readonly unknown[]): readonly JsonObject[] => {
  const entries: JsonObject[] = []
  for (const detail of details.filter(isObject)) {
    const last = entries.at(-1)
    const isMore = typeof detail.index === 'number' && last?.index === detail.index && last.type === detail.type
    if (isMore && last) entries[entries.length - 1] = { ...last, ...detail, ...joinedTexts(last, detail) }
    else entries.push(detail)
  }
  return entries
}

const joinedTexts = (before: JsonObject, more: JsonObject): JsonObject =>
  Object.fromEntries(
    ['text', 'summary', 'data'].flatMap((name) =>
      typeof before[name] === 'string' && typeof more[name] === 'string' ? [[name, before[name] + more[name]]] : [],
    ),
  )

const toolOf = ({ name, description, schema }: Tool): JsonObject => ({
  type: 'function',
  function: given({ name, description, parameters: schema }),
})
