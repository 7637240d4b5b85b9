/** The six wire formats a client may speak. The first four are conversations; the last two are legacy and embeddings. */
export const WIRE_FORMATS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'openai-completions',
  'openai-embeddings',
] as const
export type WireFormat = (typeof WIRE_FORMATS)[number]

/** The formats that a conversation can be translated into. Legacy Completions can only be translated from. */
export const CONVERSATION_FORMATS: ReadonlySet<WireFormat> = new Set([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
])

/**
 * What a client asked to be done, as its path says. `count-tokens` is free; `embed` has no output tokens.
 * `batchEmbedContents` is Gemini's list form of `embed`.
 */
export type Action = 'generate' | 'count-tokens' | 'embed' | 'embed-batch'

export interface Operation {
  readonly format: WireFormat
  readonly action: Action
  /** Gemini only: model and streaming are in the path, not the body. */
  readonly pathModel?: string
  readonly pathStream?: boolean
}
