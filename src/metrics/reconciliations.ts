import type Registry from 'prom-client/lib/registry.js'
import { RECONCILIATION_GAUGES } from './families.ts'
import { type Point, registerGauges } from './reading.ts'

/** What came of the newest comparison with a provider's bill. */
export interface Reconciled {
  readonly provider: string
  readonly atMs: number
  /** How many drifts were above the thresholds. */
  readonly above: number
  /** Over all days and models. `partsPerMillion`: of theirs, `null` where theirs is nothing. */
  readonly totals: readonly {
    readonly measure: string
    readonly difference: bigint
    readonly partsPerMillion: bigint | null
  }[]
}

/** Registers the gauges of comparisons; they are read when somebody asks. */
export const registerReconciliations = (register: Registry, read: () => Iterable<Reconciled>): void => {
  const each = (pointsOf: (reconciled: Reconciled) => readonly Point[]) => (): readonly Point[] =>
    [...read()].flatMap(pointsOf)
  const { ratio, cost, above, at } = RECONCILIATION_GAUGES
  registerGauges(
    register,
    ratio,
    each(({ provider, totals }) =>
      totals.flatMap(({ measure, partsPerMillion }) =>
        partsPerMillion === null ? [] : [{ labels: { provider, measure }, value: Number(partsPerMillion) / 1_000_000 }],
      ),
    ),
  )
  registerGauges(
    register,
    cost,
    each(({ provider, totals }) =>
      totals.flatMap(({ measure, difference }) =>
        measure === 'cost' ? [{ labels: { provider }, value: Number(difference) / 1_000_000_000 }] : [],
      ),
    ),
  )
  registerGauges(
    register,
    above,
    each((told) => [{ labels: { provider: told.provider }, value: told.above }]),
  )
  registerGauges(
    register,
    at,
    each(({ provider, atMs }) => [{ labels: { provider }, value: atMs / 1_000 }]),
  )
}
