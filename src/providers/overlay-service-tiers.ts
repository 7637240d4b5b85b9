/**
 * What other tiers of service cost, which the price source does not say: factors on the standard price, from the vendors'
 * own pages named at each. Used by `npm run catalogue` only, never at run time.
 */
import type { PrefixRule } from './overlay.ts'

/** Names of tiers as vendors report them → decimal factor. */
export type TierFactors = Readonly<Record<string, string>>

/** OpenAI calls one tier by two names since 2026-07-30. */
const fast = (factor: string): TierFactors => ({ priority: factor, fast: factor })

/**
 * openai.com/api-fast-mode and developers.openai.com/api/docs/pricing: batch and flex at half the price, fast (until July
 * 2026: priority) at what the table says for each model, ultrafast at six times (developers.openai.com, ultrafast-mode).
 */
const HALF: TierFactors = { batch: '0.5', flex: '0.5' }
const OPENAI = {
  'gpt-3.5': HALF,
  'gpt-4': HALF,
  'gpt-4.1': { ...HALF, ...fast('1.75') },
  'gpt-4.1-nano': { ...HALF, ...fast('2') },
  'gpt-4o': { ...HALF, ...fast('1.7') },
  'gpt-4o-2024-05-13': { ...HALF, ...fast('1.75') },
  // From 15 to 25 cents.
  'gpt-4o-mini': { ...HALF, ...fast('1.666667') },
  'gpt-5': { ...HALF, ...fast('2') },
  'gpt-5-mini': { ...HALF, ...fast('1.8') },
  'gpt-5.5': { ...HALF, ...fast('2.5') },
  'gpt-5.6-sol': { ...HALF, ...fast('2'), ultrafast: '6' },
  'gpt-6': { ...HALF, ...fast('2') },
  'gpt-6-astra': { ...HALF, ...fast('2'), ultrafast: '6' },
  'gpt-6.1-sol': { ...HALF, ...fast('2'), ultrafast: '6' },
  o1: HALF,
  o3: { ...HALF, ...fast('1.75') },
  // From 1.10 to 2 dollars.
  'o4-mini': { ...HALF, ...fast('1.818182') },
  'text-embedding': { batch: '0.5' },
}

/**
 * platform.claude.com: batches at half the price (build-with-claude/batch-processing); `priority` is capacity under
 * contract, counted by the list price (api/service-tiers); `speed: "fast"` at a multiple (build-with-claude/fast-mode).
 */
const CLAUDE: TierFactors = {
  ...{ batch: '0.5', priority: '1' },
  // `inference_geo: "us"` (build-with-claude/data-residency): a tenth more on every price for tokens, from Opus and Sonnet
  // 4.6 on. Older models do not know it, and never report it.
  ...{ us: '1.1', batch_us: '0.55', priority_us: '1.1' },
}
const ANTHROPIC = {
  'claude-': CLAUDE,
  'claude-opus-4-6': { ...CLAUDE, fast: '6', fast_us: '6.6' },
  'claude-opus-4-7': { ...CLAUDE, fast: '6', fast_us: '6.6' },
  'claude-opus-4-8': { ...CLAUDE, fast: '2', fast_us: '2.2' },
  'claude-opus-5': { ...CLAUDE, fast: '2', fast_us: '2.2' },
}

/** ai.google.dev/gemini-api/docs/optimization: flex and batch at half, priority at 1.75 to 2 times: the dearer end. */
const GOOGLE = {
  'gemini-2.5': { batch: '0.5', flex: '0.5', priority: '2' },
  'gemini-3': { batch: '0.5', flex: '0.5', priority: '2' },
  'gemini-embedding': { batch: '0.5' },
}

const rules = (table: Readonly<Record<string, TierFactors>>): readonly PrefixRule<TierFactors>[] =>
  Object.entries(table).map(([prefix, value]) => ({ prefix, value }))

/** By vendor, then by the beginning of the model's id. */
export const SERVICE_TIERS: Readonly<Record<string, readonly PrefixRule<TierFactors>[]>> = {
  openai: rules(OPENAI),
  anthropic: rules(ANTHROPIC),
  google: rules(GOOGLE),
}
