import type { z } from '@hono/zod-openapi'
import type { Model } from '../../canon/model.ts'
import type { PriceVersion } from '../../canon/price.ts'
import type { PriceRecord } from '../../db/types.ts'
import { builtInCatalogue } from '../../providers/built-in.ts'
import { type ModelPriceSchema, renderPrice } from './price-schemas.ts'

type Shown = z.infer<typeof ModelPriceSchema>

/**
 * A price that was set. `standing`: of its model, the one in force among those that were set and all to come, oldest
 * first.
 */
export const renderSetPrice = (price: PriceRecord, standing: readonly PriceRecord[], nowMs: number): Shown => {
  const { id, model, version, setAtMs, setBy, reason, withdrawn } = price
  return {
    id,
    model,
    source: 'administrator',
    state: stateOfSet(price, standing, nowMs),
    effective_from: timeOf(version.effectiveFromMs),
    price: renderPrice(version),
    set_at: timeOf(setAtMs),
    set_by: setBy,
    reason,
    withdrawn_at: withdrawn ? timeOf(withdrawn.atMs) : null,
    withdrawn_by: withdrawn?.by ?? null,
    withdrawn_reason: withdrawn?.reason ?? null,
  }
}

const stateOfSet = (price: PriceRecord, standing: readonly PriceRecord[], nowMs: number): Shown['state'] => {
  if (price.withdrawn) return 'withdrawn'
  const fromMs = price.version.effectiveFromMs
  const counting = standing.findLast(({ version }) => version.effectiveFromMs === fromMs)
  if (fromMs > nowMs) return counting?.id === price.id ? 'to_come' : 'replaced'
  const inForce = standing.findLast(({ version }) => version.effectiveFromMs <= nowMs)
  return inForce?.id === price.id ? 'in_force' : 'past'
}

/** What the catalogue states of a model, newest first. */
export const renderStatedPrices = (
  { id, priceVersions }: Model,
  standing: readonly PriceRecord[],
  nowMs: number,
): readonly Shown[] => {
  const firstSetMs = standing[0]?.version.effectiveFromMs ?? Number.POSITIVE_INFINITY
  const latest = priceVersions.findLast(({ effectiveFromMs }) => effectiveFromMs <= nowMs)
  const stateOf = (version: PriceVersion): Shown['state'] => {
    if (version.effectiveFromMs > nowMs) return version.effectiveFromMs < firstSetMs ? 'to_come' : 'replaced'
    return version === latest && firstSetMs > nowMs ? 'in_force' : 'past'
  }
  const builtIn = builtInCatalogue().models.find((model) => model.id === id)
  return priceVersions.toReversed().map((version) => ({
    id: null,
    model: id,
    // The file takes over the very versions that it leaves as they are.
    source: builtIn?.priceVersions.includes(version) ? 'built-in' : 'catalogue file',
    state: stateOf(version),
    effective_from: version.effectiveFromMs === 0 ? null : timeOf(version.effectiveFromMs),
    price: renderPrice(version),
    set_at: null,
    set_by: null,
    reason: null,
    withdrawn_at: null,
    withdrawn_by: null,
    withdrawn_reason: null,
  }))
}

const timeOf = (atMs: number): string => new Date(atMs).toISOString()
