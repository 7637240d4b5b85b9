import { alternating, objectOrNothing } from './build-shared.ts'
import {
  argumentsOf,
  given,
  isObject,
  type JsonObject,
  jsonIn,
  type Part,
  type Question,
  type Settings,
  stateFor,
  type Tool,
  type ToolResult,
  type Turn,
} from './conversation.ts'

/** The body of `generateContent` and `streamGenerateContent`: which of them, and the model, is in the path. */
export const geminiBody = ({ system, turns, tools, settings }: Question): JsonObject => {
  const config = given({
    maxOutputTokens: settings.maxTokens,
    temperature: settings.temperature,
    topP: settings.topP,
    thinkingConfig: thinkingOf(settings),
  })
  return given({
    contents: contentsOf(turns),
    systemInstruction: system === '' ? undefined : { parts: [{ text: system }] },
    tools: tools.length === 0 ? undefined : [{ functionDeclarations: tools.map(toolOf) }],
    generationConfig: objectOrNothing(config),
  })
}

const thinkingOf = ({ thinking, showsThinking }: Settings): JsonObject | undefined =>
  objectOrNothing(given({ includeThoughts: showsThinking ? true : undefined, ...degreeOf(thinking) }))

const degreeOf = (thinking: Settings['thinking']): JsonObject => {
  if (thinking === undefined) return {}
  if ('budgetTokens' in thinking) return { thinkingBudget: thinking.budgetTokens }
  return thinking.effort === 'none' ? { thinkingBudget: 0 } : { thinkingLevel: thinking.effort.toUpperCase() }
}

const contentsOf = (turns: readonly Turn[]): readonly JsonObject[] => {
  const ids = idsOf(turns)
  return alternating(turns, 'model', (turn) => partsOf(turn, ids)).map((content) => ({ ...content }))
}

/** The ids of calls that their model gave: others are unknown to it. */
const idsOf = (turns: readonly Turn[]): ReadonlySet<string> =>
  new Set(
    turns.flatMap((turn) =>
      turn.role === 'assistant'
        ? turn.parts.flatMap((part) => (part.kind === 'call' && part.isOwnId !== true ? [part.id] : []))
        : [],
    ),
  )

const partsOf = (turn: Turn, ids: ReadonlySet<string>): readonly JsonObject[] => {
  if (turn.role === 'assistant') return turn.parts.flatMap((part) => answerPart(part, ids))
  if (turn.role === 'tool') return turn.results.map((result) => resultPart(result, ids))
  return [
    ...turn.images.map(({ mediaType, base64 }) => ({ inlineData: { mimeType: mediaType, data: base64 } })),
    ...(turn.text === '' && turn.images.length > 0 ? [] : [{ text: turn.text }]),
  ]
}

/** What was thought is sent back only where it is signed. */
const answerPart = (part: Part, ids: ReadonlySet<string>): readonly JsonObject[] => {
  const state = stateFor(part, 'gemini')
  if (part.kind === 'call') {
    const { id, name } = part
    return [{ functionCall: given({ id: ids.has(id) ? id : undefined, name, args: argumentsOf(part) }), ...state }]
  }
  if (part.kind === 'thinking') return state ? [{ text: part.text, thought: true, ...state }] : []
  return part.text === '' && !state ? [] : [{ text: part.text, ...state }]
}

/** A result is an object here: what is none is wrapped as the vendor says. */
const resultPart = ({ callId, name, text }: ToolResult, ids: ReadonlySet<string>): JsonObject => {
  const read = jsonIn(text)
  const response = isObject(read) ? read : { output: read ?? text }
  return { functionResponse: given({ id: ids.has(callId) ? callId : undefined, name, response }) }
}

const toolOf = ({ name, description, schema }: Tool): JsonObject =>
  given({ name, description, parametersJsonSchema: schema })
