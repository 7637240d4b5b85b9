import type { Effort } from './conversation.ts'

/**
 * What one model at one provider accepts, as data: a translation asks this and never the model's name. Every field has a
 * default by wire format (`DEFAULT_PROFILES` in `providers/profiles.ts`); a row there overrides some.
 */
export interface Profile {
  /** Who can read reasoning state this model made: `anthropic`, `openai`, `google`, or the provider's own. */
  readonly family: string
  /** `any`; `unit`: up to 1; `fixed`: only the default; `none`. */
  readonly temperature: 'any' | 'unit' | 'fixed'
  /** `exclusive`: not together with a temperature; `fixed`: only the default. */
  readonly topP: 'any' | 'exclusive' | 'fixed'
  readonly topK: boolean
  readonly penalties: boolean
  readonly seed: boolean
  /** What the seed is called; by default `seed`. */
  readonly seedField?: 'seed' | 'random_seed'
  readonly logprobs: boolean
  /** How many stop sequences; 0: none. */
  readonly stopMax: number
  /** How many answers to one request. */
  readonly choicesMax: number
  readonly reasoning: ReasoningProfile
  /** The field Chat takes the output limit in. */
  readonly outputLimitField: 'max_tokens' | 'max_completion_tokens'
  /** Sent where the client set no limit and the format demands one. */
  readonly outputTokensDefault: number
  /** `undefined`: nobody knows. */
  readonly outputTokensMax: number | undefined
  /** The role of system turns: OpenAI's reasoning models say `developer`. */
  readonly systemRole: 'system' | 'developer'
  /** Whether a system turn may stand among the others. */
  readonly laterSystem: boolean
  /** `false`: a `name` on a message is refused. */
  readonly messageNames?: boolean
  /** Whether a conversation may end with the assistant's words, to be continued. */
  readonly prefill: boolean
  readonly media: {
    readonly images: boolean
    readonly imageUrls: boolean
    readonly documents: boolean
    readonly documentUrls: boolean
    readonly audio: boolean
    readonly video: boolean
    /** Whether a tool's result may hold an image or a document. */
    readonly inToolResults: boolean
  }
  readonly tools: {
    readonly functions: boolean
    readonly custom: boolean
    readonly strict: boolean
    readonly parallelFlag: boolean
    /** `auto` only, or named tools and `required` as well. */
    readonly choice: 'auto' | 'all'
    /** `json-schema`, or Google's OpenAPI subset. */
    readonly schemaDialect: 'json-schema' | 'openapi'
    readonly nameLengthMax: number
    readonly nameAllowsDots: boolean
    readonly callIdLengthMax: number
    /** Whether calls carry ids (Vertex refuses them). */
    readonly callIds: boolean
    /**
     * Whether functions may stand beside tools that the vendor runs: `freely`, also where absent; `told`: only where it is
     * asked to tell of its own calls as well (Gemini 3); `never`.
     */
    readonly besideHosted?: 'freely' | 'told' | 'never'
    /** Functions are taken only where it is told not to think (OpenAI's newer models in Chat). */
    readonly onlyWithoutReasoning?: boolean
  }
  /** `json-schema`, `json-object`, or `none`: then it is emulated. */
  readonly structured: 'json-schema' | 'json-object' | 'none'
  /** How prompt caching is asked for. */
  readonly cacheMarks: 'cache_control' | 'prompt_cache_breakpoint' | 'none'
  readonly cacheTtlHour: boolean
  /** `false`: neither tools nor calls nor results take a mark, only what is said and shown. */
  readonly cacheMarksOnTools?: boolean
  readonly promptCacheKey: boolean
  /** Whether it can be asked to keep its cache for a day. */
  readonly promptCacheRetention?: boolean
  readonly verbosity: boolean
  readonly user: boolean
  readonly metadata: boolean
  readonly serviceTier: boolean
  readonly store: boolean
  readonly webSearch: boolean
}

export interface ReasoningProfile {
  /**
   * How it is asked to think: OpenAI's `reasoning_effort`, Anthropic's `adaptive` with an effort or `budget`, Gemini 3's
   * `level` or 2.5's `gemini-budget`, a vendor's `thinking` switch, or `none`.
   */
  readonly style: 'effort' | 'adaptive' | 'budget' | 'level' | 'gemini-budget' | 'switch' | 'none'
  /** Accepted degrees, least first; those between or beyond are moved to the nearest. */
  readonly efforts: readonly Effort[]
  /** Whether it can be told not to think. */
  readonly canBeOff: boolean
  /** Where the vendor wants earlier reasoning back in Chat. */
  readonly replay: 'none' | 'reasoning_content' | 'reasoning_details'
  /** Thinking forbids a forced tool (Anthropic) and another temperature. */
  readonly limitsToolChoice: boolean
  /** A signature is demanded on the first call of a turn (Gemini 3). */
  readonly demandsCallSignature: boolean
  /** Unless asked, it does not think; of the style `none`: it never does. */
  readonly offByDefault?: boolean
  /** What to say for "do not think" where it is not `disabled` (Claude Sonnet 5.5: `between_tools`). */
  readonly offWord?: string
  /** The highest degree that may stand beside "do not think" (Claude Opus 5: `high`). */
  readonly offEffortMax?: Effort
  /** Told not to think, it takes the sampling settings that it refuses otherwise (OpenAI from 5.1 on). */
  readonly samplesWhenOff?: boolean
  /**
   * Of the style `switch`, by default `thinking`: `{"thinking": {"type": "enabled" | "disabled"}}`; `enable_thinking`: a
   * flag; `chat_template_kwargs`: the flag inside of it. Where there are degrees as well, they go into `reasoning_effort`.
   */
  readonly switchField?: 'thinking' | 'enable_thinking' | 'chat_template_kwargs'
  /** The switch's word for on, by default `enabled` (MiniMax: `adaptive`). */
  readonly onWord?: string
  /** Limits of a thinking budget in tokens. */
  readonly budgetMin?: number
  readonly budgetMax?: number
}
