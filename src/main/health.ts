import type { Config } from '../config/load.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { createHealthEndpoint, type PartFault } from '../http/health.ts'
import { outSinceMs } from '../routing/availability.ts'
import type { Channel } from '../routing/types.ts'
import { VERSION } from '../version.ts'
import type { Books } from './books.ts'
import type { Commands } from './commands.ts'
import { limiterFault, type Limiters } from './limiters.ts'
import type { Steering } from './steering.ts'

export interface HealthParts {
  readonly config: Config
  readonly books: Books
  readonly limiters: Limiters
  /** What is served now. */
  readonly channels: () => readonly Channel[]
  readonly isPaused: (providerId: string) => boolean
  readonly commands: Pick<Commands, 'fault'>
  readonly steering: Pick<Steering, 'health'>
}

/** `/health` and `/health/ready`; after `stop` it is not ready any more. */
export const openHealth = (parts: HealthParts): { readonly endpoint: Endpoint; stop(): void } => {
  const { config, books, limiters } = parts
  let stopping = false
  const readiness = async () => ({
    database: await books.fault(),
    ...(config.redis === null ? {} : { redis: limiterFault(config, limiters.limiterStats()) }),
    providers: providersFault(parts) ?? (await commandsFault(parts)) ?? blockedFault(parts),
  })
  return {
    endpoint: createHealthEndpoint({
      version: VERSION,
      isStopping: () => stopping,
      readiness,
      unanswerable: () => commandsFault(parts),
    }),
    stop: () => {
      stopping = true
    },
  }
}

/** Where whatever could answer is a program that cannot: what the operator is to do about the first. */
const commandsFault = async ({ channels, commands }: HealthParts): Promise<string | null> => {
  const providers = new Map(channels().map(({ provider }) => [provider.id, provider]))
  const usable = [...providers.values()].filter(({ keys }) => keys.length > 0)
  if (usable.length === 0 || !usable.every(({ kind }) => kind.runsCommand)) return null
  const faults = await Promise.all(usable.map(({ id }) => commands.fault(id)))
  return faults.every((fault) => fault !== undefined) ? (faults[0] ?? null) : null
}

/** Where all are paused, to send no traffic would turn a refusal that says so into none. */
const providersFault = ({ channels, isPaused }: HealthParts): PartFault | null => {
  const usable = channels().filter(({ provider }) => provider.keys.length > 0)
  if (usable.length === 0) return 'no provider has a key'
  return usable.every(({ provider }) => isPaused(provider.id)) ? { degraded: 'every provider is paused' } : null
}

/** The next request may find one well again: another replica would be no better off. */
const blockedFault = ({ channels, isPaused, steering: { health } }: HealthParts): PartFault | null => {
  const usable = channels().filter(({ provider }) => provider.keys.length > 0 && !isPaused(provider.id))
  const isOut = (channel: Channel) => outSinceMs({ health, pausedSinceMs: () => undefined }, channel) !== undefined
  return usable.every(isOut) ? { degraded: 'every channel is left alone' } : null
}
