import type { JsonObject } from '../../canon/codec.ts'
import { NO_USAGE, type Usage } from '../../canon/usage.ts'

/** Usage in Anthropic's counters, which do not overlap. Unknown is written as zero: the field may not be absent. */
export const writeUsage = (usage: Usage = NO_USAGE, serviceTier?: string): JsonObject => ({
  input_tokens: usage.input + usage.inputAudio,
  cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
  cache_read_input_tokens: usage.cacheRead,
  cache_creation: {
    ephemeral_5m_input_tokens: usage.cacheWrite5m,
    ephemeral_1h_input_tokens: usage.cacheWrite1h,
  },
  output_tokens: usage.output + usage.outputAudio,
  output_tokens_details: { thinking_tokens: usage.reasoning },
  ...(serviceTier !== undefined && { service_tier: TIERS_WRITTEN[serviceTier] ?? null }),
})

const TIERS_WRITTEN: Readonly<Record<string, string>> = { default: 'standard', priority: 'priority', batch: 'batch' }

/** The tier that served, in OpenAI's words. */
export const readTier = (usage: JsonObject): string | undefined => {
  const tier = usage.service_tier
  if (typeof tier !== 'string') return undefined
  return tier === 'standard' ? 'default' : tier
}
