import { alternating, listOf, sampling, textOrNothing } from './build-shared.ts'
import {
  type AssistantTurn,
  argumentsOf,
  given,
  type JsonObject,
  type Part,
  type Question,
  type Settings,
  stateFor,
  type Tool,
  type ToolTurn,
  type Turn,
  type UserTurn,
} from './conversation.ts'

/** The format demands an output limit. This one is sent where nobody set any, or the model's own if that is lower. */
export const OUTPUT_TOKENS_DEFAULT = 4_096

/** The body of `POST /v1/messages`. */
export const messagesBody = (question: Question): JsonObject => {
  const { model, system, turns, tools, settings, isStreamed } = question
  return given({
    model,
    max_tokens: settings.maxTokens ?? outputLimit(question),
    system: textOrNothing(system),
    messages: messagesOf(turns),
    tools: listOf(tools, toolOf),
    ...thinkingOf(settings),
    ...sampling({ settings, isStreamed }),
  })
}

/** What is thought counts as output: a budget for it needs room beside it. */
const outputLimit = ({ outputTokensMax, settings: { thinking } }: Question): number => {
  const wanted = OUTPUT_TOKENS_DEFAULT + (thinking && 'budgetTokens' in thinking ? thinking.budgetTokens : 0)
  return Math.min(wanted, outputTokensMax ?? wanted)
}

const thinkingOf = ({ thinking, showsThinking }: Settings): JsonObject => {
  if (thinking === undefined) return {}
  const display = showsThinking ? 'summarized' : undefined
  if ('budgetTokens' in thinking)
    return { thinking: given({ type: 'enabled', budget_tokens: thinking.budgetTokens, display }) }
  if (thinking.effort === 'none') return { thinking: { type: 'disabled' } }
  return { thinking: given({ type: 'adaptive', display }), output_config: { effort: thinking.effort } }
}

const messagesOf = (turns: readonly Turn[]): readonly JsonObject[] =>
  alternating(turns, 'assistant', blocksOf).map(({ role, parts }) => ({ role, content: textAlone(parts) ?? parts }))

const textAlone = (blocks: readonly JsonObject[]): unknown => {
  const [only] = blocks
  return blocks.length === 1 && only?.type === 'text' ? only.text : undefined
}

const blocksOf = (turn: Turn): readonly JsonObject[] => {
  if (turn.role === 'user') return spokenBlocks(turn)
  return turn.role === 'assistant' ? answerBlocks(turn) : resultBlocks(turn)
}

const spokenBlocks = ({ text, images }: UserTurn): readonly JsonObject[] => [
  ...images.map(({ mediaType, base64 }) => ({
    type: 'image',
    source: { type: 'base64', media_type: mediaType, data: base64 },
  })),
  ...(text === '' && images.length > 0 ? [] : [{ type: 'text', text }]),
]

const resultBlocks = ({ results }: ToolTurn): readonly JsonObject[] =>
  results.map(({ callId, text }) => ({ type: 'tool_result', tool_use_id: callId, content: text }))

const answerBlocks = ({ parts }: AssistantTurn): readonly JsonObject[] => parts.flatMap(answerBlock)

const answerBlock = (part: Part): readonly JsonObject[] => {
  // An empty text is refused by this format.
  if (part.kind === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
  if (part.kind === 'call') return [{ type: 'tool_use', id: part.id, name: part.name, input: argumentsOf(part) }]
  const state = stateFor(part, 'anthropic-messages')
  if (!state) return []
  return [state.type === 'redacted_thinking' ? state : { type: 'thinking', thinking: part.text, ...state }]
}

const toolOf = ({ name, description, schema }: Tool): JsonObject => given({ name, description, input_schema: schema })
