/** The client formats that ask a model for words, in the order they are offered. */
export const FORMATS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
export type Format = (typeof FORMATS)[number]

export type JsonObject = Readonly<Record<string, unknown>>

/** What only the format that gave it can read, and wants back as it came: a signature, sealed reasoning, an item. */
export interface State {
  readonly format: Format
  readonly value: JsonObject
}

export interface TextPart {
  readonly kind: 'text' | 'thinking'
  readonly text: string
  readonly state?: State
}

export interface CallPart {
  readonly kind: 'call'
  readonly id: string
  /** The model gave no id, and this one was made here. */
  readonly isOwnId?: boolean
  readonly name: string
  /** JSON, as the model wrote it. */
  readonly arguments: string
  readonly state?: State
}

export type Part = TextPart | CallPart

export interface Image {
  readonly name: string
  readonly mediaType: string
  readonly base64: string
}

export interface ToolResult {
  readonly callId: string
  readonly name: string
  readonly text: string
}

export interface UserTurn {
  readonly role: 'user'
  readonly id: string
  readonly text: string
  readonly images: readonly Image[]
}

export interface AssistantTurn {
  readonly role: 'assistant'
  readonly id: string
  readonly parts: readonly Part[]
}

export interface ToolTurn {
  readonly role: 'tool'
  readonly id: string
  readonly results: readonly ToolResult[]
}

export type Turn = UserTurn | AssistantTurn | ToolTurn

export interface Tool {
  readonly name: string
  readonly description?: string
  /** JSON schema of its arguments. */
  readonly schema: JsonObject
}

/** How much a model is to think: a degree, a number of tokens, or as it likes. */
export type Thinking =
  | { readonly effort: 'none' | 'low' | 'medium' | 'high' }
  | { readonly budgetTokens: number }
  | undefined

/** What somebody set; what is absent is not sent. */
export interface Settings {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly thinking?: Thinking
  /** Has the thinking told, in words, by formats that only do so when asked. */
  readonly showsThinking?: boolean
}

/** All that a request is made of, whatever its format. */
export interface Question {
  readonly model: string
  /** The most that the model can put out; unknown where nobody says. */
  readonly outputTokensMax?: number | undefined
  readonly format: Format
  readonly system: string
  readonly turns: readonly Turn[]
  readonly tools: readonly Tool[]
  readonly settings: Settings
  readonly isStreamed: boolean
}

/** The state of a part, if this format gave it. */
export const stateFor = (part: Part, format: Format): JsonObject | undefined =>
  part.state?.format === format ? part.state.value : undefined

export const isCall = (part: Part): part is CallPart => part.kind === 'call'

/** What an answer says, without what was thought. */
export const wordsOf = ({ parts }: AssistantTurn): string =>
  parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')

/** The calls at the end of a conversation that nobody has given a result of. */
export const openCalls = (turns: readonly Turn[]): readonly CallPart[] => {
  const last = turns.at(-1)
  return last?.role === 'assistant' ? last.parts.filter(isCall) : []
}

/**
 * An answer with other words: as somebody might have written it, so without what its model thought, and without what the
 * vendor signed. Its calls stay.
 */
export const reworded = (turn: AssistantTurn, text: string): AssistantTurn => ({
  ...turn,
  parts: [...(text.trim() === '' ? [] : [{ kind: 'text', text } as const]), ...turn.parts.filter(isCall).map(unsigned)],
})

const unsigned = ({ kind, id, isOwnId, name, arguments: text }: CallPart): CallPart => ({
  kind,
  id,
  ...(isOwnId && { isOwnId }),
  name,
  arguments: text,
})

/**
 * The turns that a request has when it is sent now: with what stands in the field for the next message; without an answer
 * at the end, for then it is the request that was answered.
 */
export const turnsToSend = (turns: readonly Turn[], next: UserTurn | undefined): readonly Turn[] => {
  if (next && (next.text.trim() !== '' || next.images.length > 0)) return [...turns, next]
  return turns.at(-1)?.role === 'assistant' ? turns.slice(0, -1) : turns
}

/** The turns to ask again with: all before an answer, or all up to a message. */
export const turnsUpTo = (turns: readonly Turn[], id: string): readonly Turn[] => {
  const at = turns.findIndex((turn) => turn.id === id)
  return at === -1 ? turns : turns.slice(0, turns[at]?.role === 'assistant' ? at : at + 1)
}

export const dataUrlOf = ({ mediaType, base64 }: Image): string => `data:${mediaType};base64,${base64}`

/** The arguments of a call as an object; an empty one where they are none. */
export const argumentsOf = (call: CallPart): JsonObject => {
  const read = jsonIn(call.arguments)
  return isObject(read) ? read : {}
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of a JSON text; `undefined` where it is none. */
export const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Half of a text is what this is asked about while it streams.
    return undefined
  }
}

/** Members that have a value. */
export const given = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
