import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Multipliers, Prices, PriceTable, PriceVersion } from '../canon/price.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { nanoUsdPerMtok, ONE, partsPerMillion, tokens } from '../units.ts'
import { charge } from './charge.ts'
import { pricesAt } from './price-at.ts'
import { quote } from './quote.ts'
import { billedTier, quotedTable, tableOf, tierNamed } from './service-tier.ts'
import { anyTieredVersion, TIERS } from './test-arbitraries.ts'

const plain: Multipliers = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }

const at = (input: bigint, output: bigint): Prices => ({
  input: nanoUsdPerMtok(input),
  output: nanoUsdPerMtok(output),
  cacheRead: nanoUsdPerMtok(input),
  cacheWrite5m: nanoUsdPerMtok(input),
  cacheWrite1h: nanoUsdPerMtok(input),
  inputAudio: undefined,
  outputAudio: undefined,
})
const table = (input: bigint, output: bigint): PriceTable => ({
  prices: at(input, output),
  tiers: [{ aboveInputTokens: 200_000, prices: at(input * 2n, output * 2n) }],
})
const version: PriceVersion = {
  effectiveFromMs: 0,
  ...table(4_000_000n, 20_000_000n),
  serviceTiers: {
    flex: table(2_000_000n, 10_000_000n),
    priority: table(7_000_000n, 30_000_000n),
    turbo: table(5_000_000n, 90_000_000n),
  },
}

describe('the word for a tier', () => {
  const words: readonly [string | undefined, string | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['auto', undefined],
    ['default', undefined],
    ['standard', undefined],
    ['standard_only', undefined],
    ['on_demand', undefined],
    ['ON_DEMAND', undefined],
    ['PROVISIONED_THROUGHPUT', undefined],
    ['provisioned', undefined],
    ['scale', undefined],
    ['SERVICE_TIER_STANDARD', undefined],
    ['SERVICE_TIER_UNSPECIFIED', undefined],
    ['flex', 'flex'],
    ['SERVICE_TIER_FLEX', 'flex'],
    ['ON_DEMAND_FLEX', 'flex'],
    ['ON_DEMAND_PRIORITY', 'priority'],
    ['batch', 'batch'],
    ['priority', 'priority'],
    ['fast', 'fast'],
    ['ultrafast', 'ultrafast'],
  ]
  test.each(words)('%p means %p', (word, tier) => {
    expect(tierNamed(word)).toBe(tier)
  })
})

describe('the tier that is billed', () => {
  const rows: readonly [string, string | undefined, string | undefined, string | undefined][] = [
    ['the reported one', 'flex', 'flex', 'flex'],
    ['the reported one, though another was asked for', 'default', 'priority', undefined],
    ['the reported one, though none was asked for', 'priority', undefined, 'priority'],
    ['the one it was sent where none is reported', undefined, 'priority', 'priority'],
    ['never a cheaper one on the client’s word alone', undefined, 'flex', undefined],
    ['the standard one where nobody says anything', undefined, undefined, undefined],
  ]
  test.each(rows)('is %s', (_title, reported, requested, billed) => {
    expect(billedTier(reported, requested)).toBe(billed)
  })
})

describe('the prices of a tier', () => {
  const input = (found: PriceTable, size = 1) => pricesAt(found, size).input
  const output = (found: PriceTable, size = 1) => pricesAt(found, size).output
  test('are its own, at every size', () => {
    const flex = tableOf(version, 'flex')
    expect([input(flex), output(flex), input(flex, 200_001)]).toEqual([2_000_000n, 10_000_000n, 4_000_000n] as never)
  })
  test('that nobody stated are the standard ones where such tiers are cheaper everywhere', () => {
    expect(tableOf(version, 'batch')).toBe(version)
  })
  test('that nobody stated are otherwise the dearest of each bucket', () => {
    const unknown = tableOf(version, 'unheard_of')
    expect([input(unknown), output(unknown)]).toEqual([7_000_000n, 90_000_000n] as never)
    expect([input(unknown, 200_001), output(unknown, 200_001)]).toEqual([14_000_000n, 180_000_000n] as never)
    expect(tableOf(version, 'unheard_of')).toBe(unknown)
  })
  test('are the standard ones for a model that has only those', () => {
    const { serviceTiers: _none, ...flat } = version
    for (const tier of TIERS) expect(tableOf(flat, tier)).toBe(flat)
  })
  test('are not found under the names of an object’s own members', () => {
    expect(input(tableOf(version, 'constructor'))).toBe(7_000_000n as never)
  })
  test.each([
    [undefined, 4_000_000n, 20_000_000n],
    ['flex', 4_000_000n, 20_000_000n],
    ['priority', 7_000_000n, 30_000_000n],
    ['turbo', 5_000_000n, 90_000_000n],
    ['unheard_of', 7_000_000n, 90_000_000n],
  ])('are quoted for %p at the dearest it may be served at', (tier, dearestInput, dearestOutput) => {
    const found = quotedTable(version, tier)
    expect([input(found), output(found)]).toEqual([dearestInput, dearestOutput] as never)
  })
})

test('a quote covers the charge at the tier asked for and at the standard one', () => {
  const model = {
    id: 'm',
    vendor: 'v',
    type: 'chat' as const,
    displayName: 'M',
    contextWindow: undefined,
    maxOutputTokens: 64_000,
    multiplier: ONE,
    capabilities: [],
    createdAt: 0,
    priceVersions: [],
  }
  const rows = fc.record({
    prices: anyTieredVersion(),
    tier: fc.constantFrom(...TIERS, undefined),
    textBytes: fc.nat(900_000),
    outputTokensLimit: fc.nat(60_000),
  })
  fc.assert(
    fc.property(rows, ({ prices, tier, textBytes, outputTokensLimit }) => {
      const quoted = quote({
        action: 'generate',
        textBytes,
        mediaCount: 0,
        mediaBytes: 0,
        refersToStored: false,
        bodyHas1hCache: false,
        outputTokensLimit,
        choices: 1,
        model,
        prices,
        multipliers: plain,
        serviceTier: tier,
      })
      if (!quoted.ok) throw new Error(quoted.error.message)
      const { inputTokensMax, outputTokensMax, cost } = quoted.value
      const uses: readonly Usage[] = [
        { ...NO_USAGE, input: inputTokensMax, output: outputTokensMax },
        { ...NO_USAGE, cacheRead: inputTokensMax, output: tokens(0) },
        { ...NO_USAGE, cacheWrite5m: inputTokensMax, outputAudio: outputTokensMax },
      ]
      for (const used of uses) {
        for (const served of [undefined, tier, billedTier(undefined, tier)]) {
          const charged = charge(used, prices, plain, served)
          expect(charged.ok && charged.value <= cost).toBe(true)
        }
      }
    }),
    { seed: 20_261_123, numRuns: 300 },
  )
})
