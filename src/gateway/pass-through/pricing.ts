import type { Model } from '../../canon/model.ts'
import type { Prices } from '../../canon/price.ts'
import type { Usage } from '../../canon/usage.ts'
import { NO_USAGE } from '../../canon/usage.ts'
import { ok } from '../../result.ts'
import { nanoUsdPerMtok, ZERO_USD } from '../../units.ts'
import type { Pricing } from '../admit.ts'
import type { Call } from '../call.ts'
import { isFreeOf } from './choose.ts'

const NOTHING = nanoUsdPerMtok(0n)
const FREE: Prices = {
  input: NOTHING,
  output: NOTHING,
  cacheRead: NOTHING,
  cacheWrite5m: NOTHING,
  cacheWrite1h: NOTHING,
  inputAudio: undefined,
  outputAudio: undefined,
}

/** Models of these types answer with something else than tokens, and most have no price for any. */
const WITHOUT_OUTPUT: ReadonlySet<Model['type']> = new Set(['embedding', 'rerank', 'moderation'])

/**
 * Prices of what passes through. A free endpoint costs nothing; everything else is held and charged as what generates,
 * but for models that have no output.
 */
export const createPassPricing = (pricing: Pricing): Pricing => {
  const charged = (usage: Usage, type: Model['type']): Usage =>
    WITHOUT_OUTPUT.has(type)
      ? { ...usage, output: NO_USAGE.output, outputAudio: NO_USAGE.outputAudio, reasoning: NO_USAGE.reasoning }
      : usage
  return {
    multipliersOf: pricing.multipliersOf,
    quote(call, envelope, principal, candidate) {
      if (isFreeOf(candidate)) return ok({ amount: ZERO_USD, inputTokensReserved: 0, outputTokensReserved: 0 })
      return pricing.quote(asked(call, candidate.model), envelope, principal, candidate)
    },
    charge(usage, principal, candidate, atMs, tier) {
      if (isFreeOf(candidate)) return ZERO_USD
      return pricing.charge(charged(usage, candidate.model.type), principal, candidate, atMs, tier)
    },
    terms(usage, principal, candidate, atMs, tier) {
      if (!isFreeOf(candidate)) return pricing.terms(usage, principal, candidate, atMs, tier)
      return { prices: FREE, multipliers: pricing.multipliersOf(principal, candidate.model) }
    },
  }
}

/** The call as quotes know it: by what the model does. */
const asked = (call: Call, { type }: Model): Call => ({
  ...call,
  operation: { ...call.operation, action: WITHOUT_OUTPUT.has(type) ? 'embed' : 'generate' },
})
