import type { Model } from '../../canon/model.ts'
import { ONE } from '../../units.ts'
import { completePrices } from '../prices.ts'

/** Prices small enough to play with and real enough for a receipt to show its arithmetic. */
const priced = (input: bigint, output: bigint | undefined): Model['priceVersions'] => {
  const unstated = { cacheRead: undefined, cacheWrite5m: undefined, cacheWrite1h: undefined }
  const prices = completePrices({ input, output, ...unstated, inputAudio: undefined, outputAudio: undefined })
  return [{ effectiveFromMs: 0, prices, tiers: [] }]
}

/** The demo provider's models: `demo` at $0.10 in and $0.40 out, `demo-embedding` at $0.02, per million tokens. */
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
]
