import type { Model } from '../canon/model.ts'
import type { PriceVersion } from '../canon/price.ts'
import { type Catalogue, type CatalogueOptions, createCatalogue } from './catalogue.ts'

/** A price that an administrator set for a model of the catalogue. */
export interface SetPrice {
  readonly model: string
  readonly version: PriceVersion
}

/**
 * A catalogue whose prices change while it is in use. Models are never changed: one whose prices are set is another
 * object, so that whoever holds a model goes on with the prices it had.
 */
export interface PricedCatalogue extends Catalogue {
  /** Lays these prices, each model's oldest first, over what the catalogue states. They replace the ones before. */
  setPrices(prices: readonly SetPrice[]): void
  /** The model of exactly this id with the prices that the catalogue states, whatever was set. */
  stated(id: string): Model | undefined
}

/** Builds a catalogue over which prices can be laid. */
export const createPricedCatalogue = (options: CatalogueOptions): PricedCatalogue => {
  const stated = createCatalogue(options)
  let current = stated
  return {
    resolve: (name) => current.resolve(name),
    find: (id) => current.find(id),
    models: () => current.models(),
    priceAt: (model, atMs) => current.priceAt(model, atMs),
    stated: stated.find,
    setPrices: (prices) => {
      const overrides = [...(options.overrides ?? []), ...modelsWith(stated, prices)]
      current = createCatalogue({ ...options, overrides })
    },
  }
}

/** Prices of models that the catalogue does not have are kept for when it does, and change nothing until then. */
const modelsWith = (stated: Catalogue, prices: readonly SetPrice[]): readonly Model[] =>
  [...Map.groupBy(prices, ({ model }) => model)].flatMap(([id, set]) => {
    const model = stated.find(id)
    const versions = set.map(({ version }) => version)
    return model ? [{ ...model, priceVersions: laidOver(model.priceVersions, versions) }] : []
  })

/**
 * From the first price that was set on, only those count that were set: what the catalogue has for a later moment, it
 * has without knowing of them. Both lists are oldest first; of two from the same moment the later one counts.
 */
export const laidOver = (stated: readonly PriceVersion[], set: readonly PriceVersion[]): readonly PriceVersion[] => {
  const firstMs = set[0]?.effectiveFromMs ?? Number.POSITIVE_INFINITY
  return [...stated.filter(({ effectiveFromMs }) => effectiveFromMs < firstMs), ...set]
}
