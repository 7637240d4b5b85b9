import type { Config, PlanConfig } from '../../config/load.ts'
import { type NanoUsd, ZERO_USD } from '../../units.ts'

/** A plan with everything known that follows from other parts of the configuration. */
export type PlanFacts = Omit<PlanConfig, 'onDisconnect' | 'priceUsd'> & {
  readonly onDisconnect: NonNullable<PlanConfig['onDisconnect']>
  /** What it costs once; 0 for nothing. */
  readonly price: NanoUsd
}

export const planFactsOf = ({ plans, billing }: Pick<Config, 'plans' | 'billing'>): ReadonlyMap<string, PlanFacts> =>
  new Map(
    [...plans].map(([name, { onDisconnect, priceUsd, ...plan }]): [string, PlanFacts] => [
      name,
      { ...plan, onDisconnect: onDisconnect ?? billing.onDisconnect, price: priceUsd ?? ZERO_USD },
    ]),
  )
