import type { Model, ModelType } from '../../canon/model.ts'
import type { UnitPrices } from '../../canon/price.ts'
import { nanoUsd, ONE } from '../../units.ts'
import { completePrices } from '../prices.ts'

/** Prices small enough to play with and real enough for a receipt to show its arithmetic. */
const priced = (input: bigint, output: bigint | undefined, units?: UnitPrices): Model['priceVersions'] => {
  const unstated = { cacheRead: undefined, cacheWrite5m: undefined, cacheWrite1h: undefined }
  const prices = completePrices({ input, output, ...unstated, inputAudio: undefined, outputAudio: undefined, units })
  return [{ effectiveFromMs: 0, prices, tiers: [] }]
}

/** What is not sold by the token. Without a fee it is free, which is a price too. */
const medium = (id: string, type: ModelType, displayName: string, fees: UnitPrices | undefined): Model => ({
  id,
  vendor: 'demo',
  type,
  displayName,
  contextWindow: undefined,
  maxOutputTokens: undefined,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions: priced(0n, undefined, fees),
})

/**
 * The demo provider's models: `demo` at $0.10 in and $0.40 out, `demo-embedding` at $0.02, per million tokens; an image at
 * a cent, speech at a dollar for a million characters, listening at $0.0001 a second, a ranking at $0.001, moderation free.
 */
export const DEMO_MODELS: readonly Model[] = [
  {
    id: 'demo',
    vendor: 'demo',
    type: 'chat',
    displayName: 'Tollgate demo',
    contextWindow: 32_768,
    maxOutputTokens: 1_024,
    multiplier: ONE,
    capabilities: ['streaming', 'tools'],
    createdAt: 0,
    priceVersions: priced(100_000_000n, 400_000_000n),
  },
  {
    id: 'demo-embedding',
    vendor: 'demo',
    type: 'embedding',
    displayName: 'Tollgate demo embedding',
    contextWindow: 8_192,
    maxOutputTokens: undefined,
    multiplier: ONE,
    capabilities: [],
    createdAt: 0,
    priceVersions: priced(20_000_000n, undefined),
  },
  medium('demo-image', 'image', 'Tollgate demo images', { images: nanoUsd(10_000_000n) }),
  medium('demo-speech', 'audio', 'Tollgate demo speech', { characters: nanoUsd(1_000_000_000n) }),
  medium('demo-transcription', 'audio', 'Tollgate demo transcription', { inputSeconds: nanoUsd(100_000n) }),
  medium('demo-moderation', 'moderation', 'Tollgate demo moderation', undefined),
  medium('demo-rerank', 'rerank', 'Tollgate demo rerank', { searchUnits: nanoUsd(1_000_000n) }),
]
