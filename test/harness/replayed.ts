import type { Interaction } from '../replay/interaction.ts'
import { type Replay, type ReplayOptions, startReplay } from '../replay/server.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { type CatalogueEntry, PROVIDER_KEYS, replayConfig } from './replay-config.ts'

/** A gateway whose every model is an interaction, and the upstream that serves them. */
export interface Replayed {
  readonly gateway: Gateway
  readonly replay: Replay
  readonly models: Readonly<Record<string, CatalogueEntry>>
  /** Starts the gateway again on the same data, after it was stopped or killed. */
  again(): Promise<Gateway>
  stop(): Promise<void>
}

export interface ReplayedOptions {
  readonly config?: Readonly<Record<string, unknown>>
  readonly dataFolder?: string
  readonly unjudged?: ReplayOptions['unjudged']
}

/** Starts the replay upstream and a gateway in front of it. */
export const startReplayed = async (
  interactions: readonly Interaction[],
  options: ReplayedOptions = {},
): Promise<Replayed> => {
  const replay = await startReplay({
    interactions,
    keys: PROVIDER_KEYS,
    ...(options.unjudged === undefined ? {} : { unjudged: options.unjudged }),
  })
  const { config, catalogue } = replayConfig(replay.url, interactions)
  const start = (): Promise<Gateway> =>
    startGateway({
      config: { ...config, log: { level: 'warn' }, ...options.config },
      catalogue,
      ...(options.dataFolder === undefined ? {} : { dataFolder: options.dataFolder }),
    })
  const gateway = await start().catch(async (error: unknown) => {
    await replay.stop()
    throw error
  })
  return {
    gateway,
    replay,
    models: catalogue.models,
    again: start,
    stop: async () => {
      await gateway.stop()
      await replay.stop()
    },
  }
}
