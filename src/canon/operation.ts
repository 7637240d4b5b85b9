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

/** What providers speak: besides these, what no client asks in. */
export const UPSTREAM_FORMATS = [...WIRE_FORMATS, 'bedrock-converse'] as const
export type UpstreamFormat = (typeof UPSTREAM_FORMATS)[number]

/** The formats that a conversation can be translated into. Legacy Completions can only be translated from. */
export const CONVERSATION_FORMATS: ReadonlySet<UpstreamFormat> = new Set<UpstreamFormat>([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
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
