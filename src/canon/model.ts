import type { PartsPerMillion } from '../units.ts'
import type { PriceVersion } from './price.ts'

export const MODEL_TYPES = ['chat', 'completion', 'embedding', 'image', 'audio', 'rerank', 'moderation'] as const
export type ModelType = (typeof MODEL_TYPES)[number]

/** A row of the catalogue: what a model is and what it costs, whoever serves it. */
export interface Model {
  readonly id: string
  /** The vendor that makes it: `anthropic`, `openai`, `google`, `deepseek`, … */
  readonly vendor: string
  readonly type: ModelType
  readonly displayName: string
  readonly contextWindow: number | undefined
  readonly maxOutputTokens: number | undefined
  readonly multiplier: PartsPerMillion
  /** `tools`, `images`, `documents`, `audio`, `reasoning`, `structured_output`, `prompt_caching`, `streaming`. */
  readonly capabilities: readonly string[]
  /** Unix seconds; 0 when nobody says. */
  readonly createdAt: number
  /** Newest last. Empty: the model exists but nobody knows its price. */
  readonly priceVersions: readonly PriceVersion[]
}
