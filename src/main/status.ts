import type { Config } from '../config/load.ts'
import type { SpendStop } from '../counters/spend-stop.ts'
import type { HealthDeps } from '../http/admin/health-view.ts'
import type { StatusDeps } from '../http/status.ts'
import type { PricedCatalogue } from '../providers/set-prices.ts'
import type { Channel } from '../routing/types.ts'
import type { Administered } from './administered.ts'
import type { Books } from './books.ts'
import { providersOf } from './routing.ts'
import { type SpendWatch, stopsOf } from './spend-watch.ts'
import type { Steering } from './steering.ts'

interface Shown {
  readonly config: Pick<Config, 'providers'>
  readonly catalogue: Pick<PricedCatalogue, 'models' | 'resolve'>
  readonly channels: readonly Channel[]
  readonly books: Pick<Books, 'store' | 'fault'>
  readonly administered: Pick<Administered, 'pauseOf'>
  readonly steering: Steering
  readonly spend: Pick<SpendWatch, 'spending' | 'resume'>
}

/** What administrators are shown. */
export const providersHealthOf = ({ config, channels, administered, steering, spend }: Shown): HealthDeps => ({
  ...steering,
  channels,
  providers: providersOf(config),
  pauseOf: administered.pauseOf,
  stopOf: (provider, key) => stopsOf(config.providers.get(provider), key) ?? NO_STOP,
  spending: spend.spending,
  resumeSpent: spend.resume,
})

const NO_STOP: SpendStop = { dayUsd: null, monthUsd: null }

/** What everybody is shown. */
export const statusDepsOf = ({ catalogue, channels, books, administered, steering }: Shown): StatusDeps => ({
  health: steering.health,
  pausedSinceMs: (provider) => administered.pauseOf(provider)?.atMs,
  channels,
  models: catalogue.models,
  upstreamNameOf: ({ id }) => {
    const resolved = catalogue.resolve(id)
    return resolved.ok ? resolved.value.upstreamName : id
  },
  served: books.store.providerUsage.served,
  canBill: async () => (await books.fault()) === null,
  nowMs: Date.now,
})
