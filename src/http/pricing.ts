import type { Model, ModelType } from '../canon/model.ts'
import type { Multipliers, PriceVersion } from '../canon/price.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { servesModel } from '../routing/choose.ts'
import type { Channel } from '../routing/types.ts'
import { formatPartsPerMillion, ONE, type PartsPerMillion, partsPerMillion } from '../units.ts'
import { renderListPrices, renderPaidPrices } from './models/openai.ts'
import { channelsForAll } from './status.ts'

export interface PricingDeps {
  readonly catalogue: Pick<Catalogue, 'models' | 'resolve' | 'priceAt'>
  readonly channels: readonly Channel[]
  /** The operator's own names for models, with what they mean. */
  readonly aliases: ReadonlyMap<string, string>
  /** Names that are gone, with their successors. */
  readonly retired: ReadonlyMap<string, string>
  /** By name, the share that each takes off. */
  readonly plans: ReadonlyMap<string, { readonly discount: PartsPerMillion }>
  /** What the keys that everybody gets pay of a price. */
  readonly groupMultiplier: PartsPerMillion
  readonly nowMs: () => number
}

/** What anybody may know of the models that are served, and of what they cost. */
export interface PublicModels {
  readonly at: string
  readonly pricing_unit: 'usd_per_million_tokens'
  readonly plans: readonly {
    readonly id: string
    /** The share taken off every price: `0.7` leaves 30 %. */
    readonly discount: string
  }[]
  readonly data: readonly PublicModel[]
  readonly retired: readonly { readonly id: string; readonly successor: string }[]
}

export interface PublicModel {
  readonly id: string
  readonly aliases: readonly string[]
  readonly display_name: string
  readonly provider: string
  readonly type: ModelType
  readonly context_window: number | null
  readonly max_output_tokens: number | null
  readonly capabilities: readonly string[]
  readonly created: number
  /** The list price; `null`: nobody knows one, and it is refused. */
  readonly pricing: unknown
  /** What is paid without a plan, then with each of them, the multipliers of the model and of the group included. */
  readonly own_pricing: readonly { readonly plan: string | null; readonly pricing: unknown }[]
}

/** Makes the public list: the models that group `default` is served, of all groups where nothing is in that one. */
export const publicModelsOf = (deps: PricingDeps): PublicModels => {
  const nowMs = deps.nowMs()
  const served = servedModels(deps)
  const aliases = Map.groupBy(deps.aliases.keys(), (alias) => {
    const meant = deps.catalogue.resolve(alias)
    return meant.ok ? meant.value.model.id : ''
  })
  return {
    at: new Date(nowMs).toISOString(),
    pricing_unit: 'usd_per_million_tokens',
    plans: [...deps.plans].map(([id, { discount }]) => ({ id, discount: formatPartsPerMillion(discount) })),
    data: served.map((model) => publicModelOf(deps, model, deps.catalogue.priceAt(model, nowMs), aliases)),
    retired: [...deps.retired].map(([id, successor]) => ({ id, successor })),
  }
}

const publicModelOf = (
  deps: PricingDeps,
  model: Model,
  prices: PriceVersion | undefined,
  aliases: ReadonlyMap<string, readonly string[]>,
): PublicModel => {
  const paidWith = (discount: PartsPerMillion): unknown =>
    prices ? renderPaidPrices(prices, multipliersOf(deps, model, discount)) : null
  return {
    id: model.id,
    aliases: aliases.get(model.id) ?? [],
    display_name: model.displayName,
    provider: model.vendor,
    type: model.type,
    context_window: model.contextWindow ?? null,
    max_output_tokens: model.maxOutputTokens ?? null,
    capabilities: model.capabilities,
    created: model.createdAt,
    pricing: prices ? renderListPrices(prices) : null,
    own_pricing: [
      { plan: null, pricing: paidWith(NOTHING_OFF) },
      ...[...deps.plans].map(([plan, { discount }]) => ({ plan, pricing: paidWith(discount) })),
    ],
  }
}

const NOTHING_OFF = partsPerMillion(0n)

/** As a user without a multiplier of their own is billed. */
const multipliersOf = (deps: PricingDeps, model: Model, planDiscount: PartsPerMillion): Multipliers => ({
  user: ONE,
  model: model.multiplier,
  group: deps.groupMultiplier,
  planDiscount,
})

const servedModels = ({ catalogue, channels }: PricingDeps): readonly Model[] => {
  const open = channelsForAll(channels)
  return catalogue
    .models()
    .filter((model) => open.some((channel) => servesModel(channel, model)) && isOffered(catalogue, model))
}

/** A model that was taken out of service is still in the catalogue. */
const isOffered = (catalogue: PricingDeps['catalogue'], { id }: Model): boolean => catalogue.resolve(id).ok

/** Names that examples of the documentation ask for. */
export interface ExampleNames {
  readonly model: string
  readonly alias: string
  readonly embedding_model: string
  readonly image_model: string
  readonly speech_model: string
  readonly transcription_model: string
}

/** What stands in an example where nothing of the kind is served here. */
const NOBODY: ExampleNames = {
  model: 'MODEL',
  alias: 'house/smart',
  embedding_model: 'EMBEDDING-MODEL',
  image_model: 'IMAGE-MODEL',
  speech_model: 'SPEECH-MODEL',
  transcription_model: 'TRANSCRIPTION-MODEL',
}

/** Newest first. Of models whose date nobody says, finished ones come first, then those that can more. */
const byNewest = (a: Model, b: Model): number =>
  b.createdAt - a.createdAt ||
  Number(isPreview(a)) - Number(isPreview(b)) ||
  b.capabilities.length - a.capabilities.length ||
  // Versions count upwards, but names of old models tend to come last.
  (a.id < b.id ? 1 : -1) * (a.type === 'chat' ? 1 : -1)

const isPreview = ({ id }: Model): boolean => /preview|experimental/.test(id)

/** Chooses what examples ask for: what the operator named, else the newest model of each kind that is served. */
export const exampleNamesOf = (deps: PricingDeps, chosen: string | null): ExampleNames => {
  const newest = servedModels(deps)
    .filter((model) => deps.catalogue.priceAt(model, deps.nowMs()) !== undefined)
    .sort(byNewest)
  const first = (type: ModelType, fits: (model: Model) => boolean = () => true): string | undefined =>
    newest.find((model) => model.type === type && fits(model))?.id
  const pricedBy = (unit: 'inputSeconds' | 'characters') => (model: Model) =>
    deps.catalogue.priceAt(model, deps.nowMs())?.prices.units?.[unit] !== undefined
  const alias = [...deps.aliases.keys()].find((name) => {
    const meant = deps.catalogue.resolve(name)
    return meant.ok && meant.value.model.type === 'chat'
  })
  return {
    model:
      chosen ?? first('chat', ({ capabilities }) => capabilities.includes('tools')) ?? first('chat') ?? NOBODY.model,
    alias: alias ?? NOBODY.alias,
    embedding_model: first('embedding') ?? NOBODY.embedding_model,
    image_model: first('image') ?? NOBODY.image_model,
    speech_model: first('audio', pricedBy('characters')) ?? NOBODY.speech_model,
    transcription_model: first('audio', pricedBy('inputSeconds')) ?? NOBODY.transcription_model,
  }
}

export interface PublicPricing {
  /** `undefined`: they are not for everybody. */
  readonly models: () => PublicModels | undefined
  readonly names: () => ExampleNames
}

/** What is public of models and prices, worked out anew every few seconds at most. */
export const createPublicPricing = (
  deps: PricingDeps,
  { isPublic, exampleModel }: { readonly isPublic: boolean; readonly exampleModel: string | null },
): PublicPricing => {
  let listed: { readonly atMs: number; readonly models: PublicModels } | undefined
  let names: ExampleNames | undefined
  return {
    models: () => {
      if (!isPublic) return undefined
      const nowMs = deps.nowMs()
      if (!listed || nowMs < listed.atMs || nowMs - listed.atMs >= FRESH_MS)
        listed = { atMs: nowMs, models: publicModelsOf(deps) }
      return listed.models
    },
    names: () => {
      names ??= exampleNamesOf(deps, exampleModel)
      return names
    },
  }
}

const FRESH_MS = 5_000
