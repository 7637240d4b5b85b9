import type { Model } from '../canon/model.ts'
import type { PriceVersion } from '../canon/price.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import type { BuiltIn } from './catalogue-rows.ts'
import { undatedForm } from './dated.ts'
import { nearestNames, quoted } from './nearest.ts'

/** A name the client used, found: the model it means, and what to call it upstream (a dated form keeps its date). */
export interface Resolved {
  readonly model: Model
  readonly upstreamName: string
}

/** All models Tollgate knows, and how names lead to them. */
export interface Catalogue {
  /** Finds the model a name means: an id, an alias, another spelling, or a dated form of one of these. */
  resolve(name: string): Result<Resolved, GatewayError>
  /** The model of exactly this id. */
  find(id: string): Model | undefined
  /** Every model, sorted by id. */
  models(): readonly Model[]
  /** The prices in force at a moment (Unix milliseconds); `undefined`: nobody knows any. */
  priceAt(model: Model, atMs: number): PriceVersion | undefined
}

export interface CatalogueOptions {
  readonly builtIn: BuiltIn
  /** From `model_catalog.json`: added, or put in the place of a built-in model of the same id. */
  readonly overrides?: readonly Model[]
  /** The operator's own names for models; each may lead to anything that resolves by itself. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Names taken out of service → what to use instead. */
  readonly retired?: Readonly<Record<string, string>>
}

/** Builds a catalogue. A retired name leads nowhere, however it is spelt and whatever else it would have meant. */
export const createCatalogue = (options: CatalogueOptions): Catalogue => {
  const byId = new Map<string, Model>()
  for (const model of options.builtIn.models) byId.set(model.id, model)
  for (const model of options.overrides ?? []) byId.set(model.id, model)
  const sorted = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const retired = new Map(Object.entries(options.retired ?? {}))
  const aliases = new Map(Object.entries(options.aliases ?? {}))

  /** Ids and spellings, and dated forms of either. */
  const lookUp = (name: string): Resolved | undefined => {
    const exact = byId.get(name)
    if (exact) return { model: exact, upstreamName: name }
    const spelt = byId.get(options.builtIn.spellings.get(name) ?? '')
    if (spelt) return { model: spelt, upstreamName: spelt.id }
    const undated = undatedForm(name) ?? ''
    const base = byId.get(undated) ?? byId.get(options.builtIn.spellings.get(undated) ?? '')
    return base && { model: base, upstreamName: name }
  }

  return {
    resolve: (name) => {
      const target = byId.has(name) ? name : (aliases.get(name) ?? name)
      const found = lookUp(target)
      for (const written of [name, target, found?.model.id ?? undatedForm(target) ?? '']) {
        const successor = retired.get(written)
        if (successor !== undefined) return err(retiredName(name, successor))
      }
      return found ? ok(found) : err(unknownName(name, [...byId.keys(), ...aliases.keys()]))
    },
    find: (id) => byId.get(id),
    models: () => sorted,
    priceAt: (model, atMs) => model.priceVersions.findLast((version) => version.effectiveFromMs <= atMs),
  }
}

/**
 * The id of the model that a name stands for, whatever form of it is asked for. `undefined`: there is none, or the name is
 * of one date of it alone.
 */
export const idMeant = ({ resolve }: Pick<Catalogue, 'resolve'>, name: string): string | undefined => {
  const found = resolve(name)
  return found.ok && found.value.upstreamName === found.value.model.id ? found.value.model.id : undefined
}

const retiredName = (name: string, successor: string): GatewayError =>
  fault('model-retired', `Model ${quoted(name)} has been retired. Use ${quoted(successor)} instead.`, {
    param: 'model',
  })

const unknownName = (name: string, known: readonly string[]): GatewayError => {
  const near = nearestNames(name, known)
  const hint = near.length > 0 ? ` Did you mean ${near.map(quoted).join(' or ')}?` : ''
  const message = `There is no model ${quoted(name)}.${hint} GET /v1/models lists the models there are.`
  return fault('model-not-found', message, { param: 'model' })
}
