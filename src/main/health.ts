import type { Config } from '../config/load.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { createHealthEndpoint, type PartFault } from '../http/health.ts'
import type { Channel } from '../routing/types.ts'
import { VERSION } from '../version.ts'
import type { Books } from './books.ts'
import { limiterFault, type Limiters } from './limiters.ts'

export interface HealthParts {
  readonly config: Config
  readonly books: Books
  readonly limiters: Limiters
  /** What is served now. */
  readonly channels: () => readonly Channel[]
  readonly isPaused: (providerId: string) => boolean
}

/** `/health` and `/health/ready`; after `stop` it is not ready any more. */
export const openHealth = (parts: HealthParts): { readonly endpoint: Endpoint; stop(): void } => {
  const { config, books, limiters } = parts
  let stopping = false
  const readiness = async () => ({
    database: await books.fault(),
    ...(config.redis === null ? {} : { redis: limiterFault(config, limiters.limiterStats()) }),
    providers: providersFault(parts),
  })
  return {
    endpoint: createHealthEndpoint({ version: VERSION, isStopping: () => stopping, readiness }),
    stop: () => {
      stopping = true
    },
  }
}

/** Where all are paused, to send no traffic would turn a refusal that says so into none. */
const providersFault = ({ channels, isPaused }: HealthParts): PartFault | null => {
  const usable = channels().filter(({ provider }) => provider.keys.length > 0)
  if (usable.length === 0) return 'no provider has a key'
  return usable.every(({ provider }) => isPaused(provider.id)) ? { degraded: 'every provider is paused' } : null
}
