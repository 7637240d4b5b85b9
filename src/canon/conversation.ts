import type { Block, CacheMark, Native } from './blocks.ts'
import type { WireFormat } from './operation.ts'

/**
 * A request to a model, of whichever wire format, as one superset: ordered typed blocks in turns. What a format says and
 * this model has no place for stands in `unmapped`, so that whoever writes another format must declare it.
 */
export interface Conversation {
  readonly format: WireFormat
  /** As the client wrote it. */
  readonly model: string
  readonly stream: boolean
  readonly turns: readonly Turn[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: Sourced<ToolChoice>
  /** `false`: at most one call an answer. */
  readonly parallelTools?: Sourced<boolean>
  readonly settings: Settings
  readonly unmapped: readonly Unmapped[]
  /** What the answer must repeat or imitate, whoever gives it. */
  readonly wishes: Wishes
  readonly native: Native
}

/** A value and the JSON pointer it came from, for declaring what becomes of it. */
export interface Sourced<Value> {
  readonly value: Value
  readonly pointer: string
}

/** `system` and `developer` may stand anywhere; those before the first other turn are the system prompt. */
export type Role = 'system' | 'developer' | 'user' | 'assistant'

export interface Turn {
  readonly role: Role
  readonly blocks: readonly Block[]
  readonly name?: string
  readonly pointer: string
  readonly native?: Native
}

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export interface ReasoningWish {
  /** `off`: said not to think; `adaptive`: as much as it sees fit; `budget`: at most `budgetTokens`; `effort`: by degree. */
  readonly mode: 'off' | 'adaptive' | 'budget' | 'effort'
  readonly effort?: Effort
  readonly budgetTokens?: number
  /** Whether the client wants to read the reasoning. `undefined`: it did not say. */
  readonly visible?: boolean
}

export type AnswerShape =
  | { readonly kind: 'text' }
  | { readonly kind: 'json-object' }
  | {
      readonly kind: 'json-schema'
      readonly name?: string
      readonly description?: string
      readonly strict?: boolean
      readonly schema: unknown
    }

/** A shape that an answer may have or not: it can be looked at whether it was kept. */
export type JsonShape = Exclude<AnswerShape, { readonly kind: 'text' }>

/** Every setting with a meaning in more than one format. All optional: absent means the client did not say. */
export interface Settings {
  readonly outputTokensMax?: Sourced<number>
  readonly temperature?: Sourced<number>
  readonly topP?: Sourced<number>
  readonly topK?: Sourced<number>
  readonly stop?: Sourced<readonly string[]>
  readonly choices?: Sourced<number>
  readonly seed?: Sourced<number>
  readonly frequencyPenalty?: Sourced<number>
  readonly presencePenalty?: Sourced<number>
  /** How many alternatives of each token to tell the likelihood of; 0: of the chosen one only. */
  readonly logprobs?: Sourced<number>
  readonly reasoning?: Sourced<ReasoningWish>
  readonly verbosity?: Sourced<string>
  readonly shape?: Sourced<AnswerShape>
  readonly user?: Sourced<string>
  readonly metadata?: Sourced<Readonly<Record<string, string>>>
  /** Vendor words, as of OpenAI: `auto`, `default`, `flex`, `priority`. */
  readonly serviceTier?: Sourced<string>
  readonly store?: Sourced<boolean>
  readonly promptCacheKey?: Sourced<string>
  /** OpenAI's word for how long its own cache keeps what it read: `24h`; `in_memory` is what happens anyway. */
  readonly promptCacheRetention?: Sourced<string>
  /** A mark for the whole request (Anthropic's top-level `cache_control`). */
  readonly cache?: Sourced<CacheMark>
}

export type Tool = FunctionTool | CustomTool | HostedTool

interface ToolBase {
  readonly name: string
  readonly description?: string
  readonly namespace?: string
  readonly cache?: CacheMark
  readonly pointer: string
  readonly native?: Native
}

export interface FunctionTool extends ToolBase {
  readonly kind: 'function'
  /** JSON Schema; `undefined`: the tool takes nothing. */
  readonly schema: unknown
  /** `undefined`: the client did not say, which means `false` in Chat and "if it can be" in Responses. */
  readonly strict?: boolean
  /** A vendor's client-side tool without a schema on the wire (`bash_20250124`, `local_shell`): what it really is. */
  readonly typed?: string
  /** Fields of it that other formats have no word for, by name. */
  readonly unmapped?: readonly string[]
}

/** A tool that takes free text, perhaps of a grammar. */
export interface CustomTool extends ToolBase {
  readonly kind: 'custom'
  readonly grammar?: unknown
}

/** A tool the vendor runs itself. */
export interface HostedTool extends ToolBase {
  readonly kind: 'hosted'
  readonly hosted: 'web-search' | 'web-fetch' | 'code-execution' | 'file-search' | 'image-generation' | 'mcp' | 'other'
  readonly allowedDomains?: readonly string[]
  readonly usesMax?: number
  /** OpenAI's word for how much of what was found the model reads: `low`, `medium` or `high`. */
  readonly contextSize?: string
  readonly userLocation?: Readonly<Record<string, string>>
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string; readonly namespace?: string }
  | { readonly kind: 'allowed'; readonly required: boolean; readonly names: readonly string[] }

/**
 * A field with no place in this model. `drop`: another format may leave it out, saying so; `refuse`: leaving it out would
 * change the shape or the correctness of the answer; `ignore`: it changes nothing (a default, a transport detail).
 */
export interface Unmapped {
  readonly pointer: string
  readonly effect: 'drop' | 'refuse' | 'ignore'
}

export interface Wishes {
  /** Chat: `stream_options.include_usage`. */
  readonly includesUsage: boolean
  /** Chat: the client declared `functions`, so calls come back as `function_call`. */
  readonly legacyFunctions: boolean
  /** Gemini: `alt=sse` was not asked for, so a stream is a JSON array. Set by the gateway. */
  readonly streamsArray?: boolean
  /**
   * Messages: thinking was not asked for, and without tools no state of it has to come back. Its own API sends none then,
   * and clients take the first block for the text.
   */
  readonly omitsReasoning?: true
  /** Responses: members of the response object that repeat the request's (`instructions`, `tools`, `metadata`, …). */
  readonly echo: Readonly<Record<string, unknown>>
}
