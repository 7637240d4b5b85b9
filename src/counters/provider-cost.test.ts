import { expect, test } from 'bun:test'
import type { Receipt } from '../canon/receipt.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { nanoUsd, nanoUsdPerMtok, partsPerMillion, tokens } from '../units.ts'
import { providerCostOf } from './provider-cost.ts'

const price = nanoUsdPerMtok(1_000_000_000n)
const prices: Receipt['prices'] = {
  ...{ input: price, output: price, cacheRead: price, cacheWrite5m: price, cacheWrite1h: price },
  ...{ inputAudio: undefined, outputAudio: undefined },
}
const of = (input: number): Usage => ({ ...NO_USAGE, input: tokens(input) })

const rows: readonly (readonly [string, Partial<Receipt>, bigint | undefined])[] = [
  ['what was billed', { usage: of(10) }, 10_000n],
  ['at what the account pays of it', { usage: of(10), providerMultiplier: partsPerMillion(500_000n) }, 5_000n],
  ['nothing of what was refused', { usage: of(0), ended: 'failed' }, 0n],
  ['what was used and not billed', { usage: of(0), providerUsage: of(7), ended: 'failed' }, 7_000n],
  ['nothing where nothing was used', { usage: of(0), providerUsage: of(0), ended: 'client_cut' }, 0n],
  ['unknown where nobody told', { usage: of(0), providerUsage: null, ended: 'client_cut' }, undefined],
  ['unknown of a process that died', { usage: of(0), ended: 'abandoned' }, undefined],
  ['unknown without a price', { usage: { ...of(1), units: { images: 1 } } }, undefined],
]
test.each(rows)('a provider should bill %s', (_what, receipt, cost) => {
  const { usage = NO_USAGE, ended = 'whole', ...more } = receipt
  expect(providerCostOf({ prices, ended, usage, ...more })).toBe(cost === undefined ? undefined : nanoUsd(cost))
})
