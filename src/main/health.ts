import type { Config } from '../config/load.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { createHealthEndpoint } from '../http/health.ts'
import type { Channel } from '../routing/types.ts'
import { VERSION } from '../version.ts'
import type { Books } from './books.ts'
import { limiterFault, type Limiters } from './limiters.ts'

export interface HealthParts {
  readonly config: Config
  readonly books: Books
  readonly limiters: Limiters
  readonly channels: readonly Channel[]
}

/** `/health` and `/health/ready`; after `stop` it is not ready any more. */
export const openHealth = ({
  config,
  books,
  limiters,
  channels,
}: HealthParts): { readonly endpoint: Endpoint; stop(): void } => {
  let stopping = false
  const readiness = async () => ({
    database: await books.fault(),
    ...(config.redis === null ? {} : { redis: limiterFault(config, limiters.limiterStats()) }),
    providers: channels.some(({ provider }) => provider.keys.length > 0) ? null : 'no provider has a key',
  })
  return {
    endpoint: createHealthEndpoint({ version: VERSION, isStopping: () => stopping, readiness }),
    stop: () => {
      stopping = true
    },
  }
}
