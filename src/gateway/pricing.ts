import type { Envelope } from '../canon/envelope.ts'
import type { Model } from '../canon/model.ts'
import type { Multipliers, PriceVersion } from '../canon/price.ts'
import { ok } from '../result.ts'
import type { PartsPerMillion } from '../units.ts'
import type { Principal } from '../keys/types.ts'
import { charge, pricesFor } from '../metering/charge.ts'
import { fetchesPages } from '../metering/page-fetch.ts'
import { quote } from '../metering/quote.ts'
import { sentTier, translatedTier } from '../metering/sent-tier.ts'
import type { Candidate } from '../routing/types.ts'
import type { Pricing } from './admit.ts'
import type { Call } from './call.ts'

export interface PricingDeps {
  readonly priceAt: (model: Model, atMs: number) => PriceVersion | undefined
  readonly groupMultiplier: (group: string) => PartsPerMillion
  /** Whether this group's prompts are marked here for an hour, which costs more to write than what a body asks for. */
  readonly marksForAnHour: (group: string) => boolean
  readonly planDiscount: (plan: string | null) => PartsPerMillion
  /** Whether a translated request may name a tier of service there. */
  readonly sendsTier: (candidate: Candidate) => boolean
}

/** Binds the catalogue's prices to who is asking. Asked twice for the same moment, it says the same. */
export const createPricing = (deps: PricingDeps): Pricing => {
  /** Found once for who asks for what: a principal never changes, it is read anew. */
  const known = new WeakMap<Principal, WeakMap<Model, Multipliers>>()
  const multipliersOf = (principal: Principal, model: Model): Multipliers => {
    const byModel = known.get(principal) ?? new WeakMap<Model, Multipliers>()
    const found = byModel.get(model)
    if (found) return found
    const multipliers = {
      user: principal.userMultiplier,
      model: model.multiplier,
      group: deps.groupMultiplier(principal.group),
      planDiscount: deps.planDiscount(principal.plan),
    }
    known.set(principal, byModel.set(model, multipliers))
    return multipliers
  }
  /** A request is only admitted at known prices, and prices of a moment never change afterwards. */
  const versionOf = (model: Model, atMs: number): PriceVersion => {
    const version = deps.priceAt(model, atMs)
    if (!version) throw new Error(`no price of ${model.id} at ${atMs}, though a request was admitted at one`)
    return version
  }
  return {
    multipliersOf,
    quote(call, envelope, principal, candidate) {
      const prices = deps.priceAt(candidate.model, call.startedAtMs)
      const quoted = quote({
        // Counting is free, but a model nobody can price is refused whatever is asked of it.
        action: prices ? call.operation.action : 'generate',
        textBytes: envelope.scan.textBytes,
        mediaCount: envelope.scan.mediaCount,
        mediaBytes: envelope.scan.mediaBytes,
        refersToStored: envelope.refersToStored || fetchesPages(envelope.scan, candidate.upstreamFormat),
        bodyHas1hCache: asksFor1hCache(envelope) || deps.marksForAnHour(principal.group),
        outputTokensLimit: envelope.outputTokensLimit,
        choices: envelope.choices,
        model: candidate.model,
        prices,
        multipliers: multipliersOf(principal, candidate.model),
        serviceTier: tierAt(deps, call, envelope, candidate),
        units: searchesWeb(envelope, candidate) ? SEARCHES_HELD : undefined,
      })
      if (!quoted.ok) return quoted
      const { cost, inputTokensTypical, outputTokensMax } = quoted.value
      // Output is reserved as if it used its whole limit: tokens a minute may be under-used for a moment, never overrun.
      return ok({ amount: cost, inputTokensReserved: inputTokensTypical, outputTokensReserved: outputTokensMax })
    },
    charge(usage, principal, candidate, atMs, tier) {
      const cost = charge(usage, versionOf(candidate.model, atMs), multipliersOf(principal, candidate.model), tier)
      if (!cost.ok) throw new Error(`admitted at prices that do not cover its usage: ${cost.error.message}`)
      return cost.value
    },
    terms(usage, principal, candidate, atMs, tier) {
      const prices = pricesFor(versionOf(candidate.model, atMs), usage, tier)
      const multipliers = multipliersOf(principal, candidate.model)
      return tier === undefined ? { prices, multipliers } : { prices, multipliers, serviceTier: tier }
    },
  }
}

/** The tier that may be sent to a candidate: the client's own in its own format, else what a translation makes of it. */
const tierAt = (deps: PricingDeps, { operation }: Call, { scan }: Envelope, candidate: Candidate) => {
  const { upstreamFormat } = candidate
  if (upstreamFormat === operation.format) return sentTier(upstreamFormat, scan)
  return translatedTier(operation.format, upstreamFormat, () => deps.sendsTier(candidate), scan)
}

/** How many searches of the web are held where a request allows them: few answers take more. */
const SEARCHES_HELD = { webSearches: 10 }

/** What the tool is called, in any format that a client may ask in: a translation offers it under another name. */
const WEB_SEARCH = ['"web_search', '"googleSearch', '"google_search'].map((name) => Buffer.from(name))
/** Formats whose answers tell how many searches there were. */
const COUNTING: ReadonlySet<string> = new Set(['anthropic-messages', 'openai-responses', 'gemini'])

/** Whether an upstream that bills searches may make some. */
const searchesWeb = ({ scan }: Envelope, { upstreamFormat }: Candidate): boolean => {
  if (!COUNTING.has(upstreamFormat)) return false
  const { bytes, members } = scan
  if (members.has('web_search_options')) return true
  const tools = members.get('tools')
  if (!tools) return false
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + tools.valueStart, tools.valueEnd - tools.valueStart)
  return WEB_SEARCH.some((name) => text.includes(name))
}

const HOUR = Buffer.from('"1h"')

/** Only Anthropic's cache marks name a lifetime, and `"1h"` is how an hour is written there. */
const asksFor1hCache = ({ scan }: Envelope): boolean => {
  const { bytes } = scan
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(HOUR)
}
