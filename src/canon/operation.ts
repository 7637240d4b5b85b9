/** The wire formats a client may speak. The first four are conversations; the rest have their vendor's endpoint for one thing. */
export const WIRE_FORMATS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'openai-completions',
  'openai-embeddings',
  'openai-images',
  'openai-audio',
  'openai-moderations',
  'rerank',
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
 * `batchEmbedContents` is Gemini's list form of `embed`. `pass-through`: an endpoint of a provider's own, of which nothing
 * is known but what it reports.
 */
export type Action = 'generate' | 'count-tokens' | 'embed' | 'embed-batch' | 'pass-through' | MediaAction

/** Endpoints that make one thing each; their envelopes say what it may use (`Envelope.demand`). `rerank-v2` is Cohere's. */
export type MediaAction =
  | 'generate-image'
  | 'edit-image'
  | 'vary-image'
  | 'speak'
  | 'transcribe'
  | 'translate'
  | 'moderate'
  | 'rerank'
  | 'rerank-v2'

export interface Operation {
  readonly format: WireFormat
  readonly action: Action
  /** Gemini only: model and streaming are in the path, not the body. */
  readonly pathModel?: string
  readonly pathStream?: boolean
  /** The path names a provider, by its id or kind: nobody else is asked. */
  readonly provider?: string
}
