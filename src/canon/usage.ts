import { type Tokens, tokens } from '../units.ts'

/**
 * Token counts in buckets that never overlap, so that a bill is a plain sum. Every vendor's figures are subtracted
 * into these by its codec (OpenAI's `prompt_tokens` contains its cached tokens, Anthropic's `input_tokens` does not).
 */
export interface Usage {
  /** Fresh text and image input: neither read from nor written to a cache, nor audio. */
  readonly input: Tokens
  readonly inputAudio: Tokens
  readonly cacheRead: Tokens
  readonly cacheWrite5m: Tokens
  readonly cacheWrite1h: Tokens
  /** All text output, hidden reasoning included; not audio. */
  readonly output: Tokens
  readonly outputAudio: Tokens
  /** A named part *of* `output`; never added to it. */
  readonly reasoning: Tokens
  /** What else was used, where the vendor reports it; absent for most requests. */
  readonly units?: Units
}

/** The counts of tokens. */
export type Bucket = Exclude<keyof Usage, 'units'>

/** Quantities beside tokens, in whole numbers; absent means none. They are in no bucket above. */
export interface Units {
  readonly images?: number
  readonly inputSeconds?: number
  readonly outputSeconds?: number
  readonly characters?: number
  readonly webSearches?: number
  /** What Cohere bills a ranking by: a query with up to a hundred documents. */
  readonly searchUnits?: number
  /** Searches of stored files that the vendor made. */
  readonly fileSearches?: number
  /** Containers that the vendor ran the model's code in. */
  readonly codeSessions?: number
  /** Tokens of a model for images that the vendor asked by itself, which has prices of its own. */
  readonly imageInput?: number
  readonly imageOutput?: number
}

export const UNIT_NAMES = [
  'images',
  'inputSeconds',
  'outputSeconds',
  'characters',
  'webSearches',
  'searchUnits',
  'fileSearches',
  'codeSessions',
  'imageInput',
  'imageOutput',
] as const

export const NO_USAGE: Usage = {
  input: tokens(0),
  inputAudio: tokens(0),
  cacheRead: tokens(0),
  cacheWrite5m: tokens(0),
  cacheWrite1h: tokens(0),
  output: tokens(0),
  outputAudio: tokens(0),
  reasoning: tokens(0),
}

/** All input of a request, cached or not: what price tiers and context windows are measured in. */
export const inputTotal = (usage: Usage): Tokens =>
  tokens(usage.input + usage.inputAudio + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h)
