import { bufferOf } from '../bytes.ts'
import type { Envelope } from '../canon/envelope.ts'
import type { Model } from '../canon/model.ts'
import type { Multipliers, Prices, PriceVersion } from '../canon/price.ts'
import type { Units } from '../canon/usage.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import type { PartsPerMillion } from '../units.ts'
import type { Principal } from '../keys/types.ts'
import { charge, pricesFor } from '../metering/charge.ts'
import { quoteMedia, variantIn } from '../metering/media.ts'
import { bringsInput, type ToolKind, toolKinds } from '../metering/hosted-tools.ts'
import { quote } from '../metering/quote.ts'
import { sentTier, translatedTier } from '../metering/sent-tier.ts'
import type { Candidate } from '../routing/types.ts'
import type { Pricing } from './admit.ts'
import type { Call } from './call.ts'
import { imageToolsIn, imageUnits } from './image-tool.ts'

export interface PricingDeps {
  readonly priceAt: (model: Model, atMs: number) => PriceVersion | undefined
  readonly groupMultiplier: (group: string) => PartsPerMillion
  /** Whether this group's prompts are marked here for an hour, which costs more to write than what a body asks for. */
  readonly marksForAnHour: (group: string) => boolean
  readonly planDiscount: (plan: string | null) => PartsPerMillion
  /** The model that a vendor's tool for images asks: of this name, else the one it takes by itself. */
  readonly imageModel: (name: string | undefined) => Model | undefined
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
      const quoted = quoteOf(
        deps,
        call,
        envelope,
        principal,
        candidate,
        prices,
        multipliersOf(principal, candidate.model),
      )
      if (!quoted.ok) return quoted
      const { cost, inputTokensTypical, outputTokensMax } = quoted.value
      // Output is reserved as if it used its whole limit: tokens a minute may be under-used for a moment, never overrun.
      return ok({ amount: cost, inputTokensReserved: inputTokensTypical, outputTokensReserved: outputTokensMax })
    },
    charge(usage, principal, candidate, atMs, tier, envelope) {
      const version = versionOf(candidate.model, atMs)
      const image = imagePricesFor(deps, usage.units, envelope, atMs)
      const cost = charge(usage, version, multipliersOf(principal, candidate.model), variantIn(version, tier), image)
      if (!cost.ok) throw new Error(`admitted at prices that do not cover its usage: ${cost.error.message}`)
      return cost.value
    },
    terms(usage, principal, candidate, atMs, wished, envelope) {
      const version = versionOf(candidate.model, atMs)
      const tier = variantIn(version, wished)
      const prices = pricesFor(version, usage, tier, imagePricesFor(deps, usage.units, envelope, atMs))
      const multipliers = multipliersOf(principal, candidate.model)
      return tier === undefined ? { prices, multipliers } : { prices, multipliers, serviceTier: tier }
    },
  }
}

/** The most that a request can cost at a candidate: of a conversation by its size, of anything else by what it demands. */
const quoteOf = (
  deps: PricingDeps,
  call: Call,
  envelope: Envelope,
  principal: Principal,
  candidate: Candidate,
  prices: PriceVersion | undefined,
  multipliers: Multipliers,
) => {
  const { demand } = envelope
  if (demand) return quoteMedia({ demand, model: candidate.model, prices, multipliers })
  const kinds = toolKinds(envelope.scan, call.operation.format)
  if (kinds.has('unpriced')) return err(UNPRICED_TOOL)
  const tools = unitsOf(deps, kinds, envelope, candidate, call.startedAtMs)
  if (!tools.ok) return tools
  return quote({
    // Counting is free, but a model nobody can price is refused whatever is asked of it.
    action: prices ? call.operation.action : 'generate',
    textBytes: envelope.scan.textBytes,
    mediaCount: envelope.scan.mediaCount,
    mediaBytes: envelope.scan.mediaBytes,
    refersToStored: envelope.refersToStored || bringsInput(kinds),
    bodyHas1hCache: asksFor1hCache(envelope) || deps.marksForAnHour(principal.group),
    outputTokensLimit: envelope.outputTokensLimit,
    choices: envelope.choices,
    model: candidate.model,
    prices,
    multipliers,
    serviceTier: tierAt(deps, call, envelope, candidate),
    ...tools.value,
  })
}

const UNPRICED_TOOL = fault(
  'unknown-model-pricing',
  'The body declares a tool that the provider charges for and whose answers do not tell how often it was used: grounding in stored data (`retrieval`). Leave it out of `tools`.',
  { param: 'tools' },
)

/** The tier that may be sent to a candidate: the client's own in its own format, else what a translation makes of it. */
const tierAt = (deps: PricingDeps, { operation }: Call, { scan }: Envelope, candidate: Candidate) => {
  const { upstreamFormat } = candidate
  if (upstreamFormat === operation.format) return sentTier(upstreamFormat, scan)
  return translatedTier(operation.format, upstreamFormat, () => deps.sendsTier(candidate), scan)
}

interface Tools {
  /** The most that is held for what the vendor's own tools may use. */
  readonly units?: Units
  readonly imagePrices?: Prices
}

/** How much is held where a request allows a tool: few answers take more. */
const HELD: readonly (readonly [ToolKind, Units])[] = [
  ['search', { webSearches: 10 }],
  ['files', { fileSearches: 10 }],
  ['code', { codeSessions: 1 }],
]
/** Formats whose answers tell how much of each was used. */
const COUNTED: Readonly<Record<string, readonly ToolKind[]>> = {
  'anthropic-messages': ['search'],
  'openai-responses': ['search', 'files', 'code', 'image'],
  gemini: ['search'],
}

const NO_TOOLS: Result<Tools, GatewayError> = ok({})

/** What to hold for tools that an upstream bills beside its tokens; an error where it asks a model nobody has a price for. */
const unitsOf = (
  deps: PricingDeps,
  kinds: ReadonlySet<ToolKind>,
  { scan }: Envelope,
  { upstreamFormat }: Candidate,
  atMs: number,
): Result<Tools, GatewayError> => {
  const counted = COUNTED[upstreamFormat]?.filter((kind) => kinds.has(kind)) ?? []
  if (counted.length === 0) return NO_TOOLS
  const held = HELD.filter(([kind]) => counted.includes(kind)).map(([, units]) => units)
  const [tool] = counted.includes('image') ? imageToolsIn(scan) : []
  if (!tool) return ok({ units: Object.assign({}, ...held) as Units })
  const imagePrices = imagePricesOf(deps, tool.model, atMs)
  if (imagePrices?.output === undefined) return err(unpricedImages(tool.model))
  return ok({ units: Object.assign({}, ...held, imageUnits(tool, scan)) as Units, imagePrices })
}

const imagePricesOf = ({ imageModel, priceAt }: PricingDeps, name: string | undefined, atMs: number) => {
  const model = imageModel(name)
  return model && priceAt(model, atMs)?.prices
}

/** Those of the model that a body's tool for images names, where any were made. */
const imagePricesFor = (
  deps: PricingDeps,
  units: Units | undefined,
  envelope: Envelope | undefined,
  atMs: number,
): Prices | undefined => {
  if (!units?.imageInput && !units?.imageOutput) return undefined
  return imagePricesOf(deps, envelope && imageToolsIn(envelope.scan)[0]?.model, atMs)
}

const unpricedImages = (name: string | undefined): GatewayError => {
  const which = name === undefined ? 'the model that the tool `image_generation` asks' : `\`${name.slice(0, 64)}\``
  const message = `Nobody has stated what ${which} costs for a token of output. Name another model in the tool, or leave the tool out.`
  return fault('unknown-model-pricing', message, { param: 'tools' })
}

const HOUR = Buffer.from('"1h"')

/** Only Anthropic's cache marks name a lifetime, and `"1h"` is how an hour is written there. */
const asksFor1hCache = ({ scan }: Envelope): boolean => {
  const { bytes } = scan
  return bufferOf(bytes).includes(HOUR)
}
