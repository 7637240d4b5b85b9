import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Multipliers, Prices, PriceVersion, UnitPrices } from '../canon/price.ts'
import { NO_USAGE, UNIT_NAMES, type Units } from '../canon/usage.ts'
import { nanoUsd, nanoUsdPerMtok, ONE, parseUsd, partsPerMillion, tokens } from '../units.ts'
import { charge, costAt, pricesFor } from './charge.ts'
import { quote } from './quote.ts'
import { anyMultipliers, anyUnitPrices, anyUnits, anyUsage } from './test-arbitraries.ts'

const plain: Multipliers = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }
const usd = (text: string) => parseUsd(text) ?? nanoUsd(-1n)
const perToken = nanoUsdPerMtok(1_000_000_000n)
const text: Prices = {
  input: perToken,
  output: perToken,
  cacheRead: perToken,
  cacheWrite5m: perToken,
  cacheWrite1h: perToken,
  inputAudio: undefined,
  outputAudio: undefined,
}
const versionWith = (units?: UnitPrices): PriceVersion => ({
  effectiveFromMs: 0,
  prices: units ? { ...text, units } : text,
  tiers: [],
})

const BY_THE_MILLION: ReadonlySet<string> = new Set(['characters', 'imageInput', 'imageOutput'])

describe('what is not counted in tokens', () => {
  const rows: readonly [string, Units, UnitPrices, string][] = [
    ['an image', { images: 3 }, { images: usd('0.04') }, '0.12'],
    ['a second taken in', { inputSeconds: 61 }, { inputSeconds: usd('0.0001') }, '0.0061'],
    ['a second given out', { outputSeconds: 2 }, { outputSeconds: usd('0.00025') }, '0.0005'],
    ['characters by the million', { characters: 1_500 }, { characters: usd('15') }, '0.0225'],
    ['one character, rounded up', { characters: 1 }, { characters: usd('0.000000001') }, '0.000000001'],
    ['a search', { webSearches: 4 }, { webSearches: usd('0.01') }, '0.04'],
    ['a search at a price of its own', { webSearches: 4 }, { webSearches: usd('0.005') }, '0.02'],
    ['a search that nobody priced', { webSearches: 4 }, {}, '0.04'],
    ['a request that searched, however often', { webSearches: 4 }, { searchedRequest: usd('0.035') }, '0.035'],
    ['such a request that did not', { webSearches: 0 }, { searchedRequest: usd('0.035') }, '0'],
    ['both', { webSearches: 2 }, { webSearches: usd('0.01'), searchedRequest: usd('0.035') }, '0.055'],
    ['searches of files', { fileSearches: 3 }, { fileSearches: usd('0.0025') }, '0.0075'],
    ['such a search that nobody priced', { fileSearches: 2 }, {}, '0.005'],
    ['a container', { codeSessions: 2 }, { codeSessions: usd('0.12') }, '0.24'],
    ['a container that nobody priced', { codeSessions: 1 }, {}, '0.03'],
    [
      'tokens of images, by the million',
      { imageInput: 50, imageOutput: 4_160 },
      { imageInput: usd('8'), imageOutput: usd('32') },
      '0.13352',
    ],
    ['such tokens that nobody priced', { imageInput: 50, imageOutput: 4_160 }, {}, '0.1669'],
    ['of which one has a price', { imageInput: 50, imageOutput: 4_160 }, { imageOutput: usd('8') }, '0.03378'],
    ['several together', { images: 1, webSearches: 1 }, { images: usd('0.04'), webSearches: usd('0.01') }, '0.05'],
  ]
  test.each(rows)('is billed one by one: %s', (_what, units, prices, cost) => {
    expect(charge({ ...NO_USAGE, units }, versionWith(prices), plain)).toEqual({ ok: true, value: usd(cost) })
  })

  const withFee = versionWith({ request: usd('0.005') })
  const fees: readonly [string, object, string][] = [
    ['a request that used nothing', {}, '0'],
    ['one that used a token', { input: tokens(1) }, '0.005001'],
    ['one that used many', { input: tokens(1_000), output: tokens(1_000) }, '0.007'],
  ]
  test.each(fees)('the fee for a request, of %s', (_what, used, cost) => {
    expect(charge({ ...NO_USAGE, ...used }, withFee, plain)).toEqual({ ok: true, value: usd(cost) })
  })
  test('the fee is owed by a request that used only units', () => {
    const version = versionWith({ request: usd('0.005'), images: usd('0.04') })
    expect(charge({ ...NO_USAGE, units: { images: 1 } }, version, plain)).toEqual({ ok: true, value: usd('0.045') })
  })

  const ofTools: readonly string[] = ['webSearches', 'fileSearches', 'codeSessions', 'imageInput', 'imageOutput']
  const unpriced = UNIT_NAMES.filter((name) => !ofTools.includes(name))
  test.each(unpriced)('%s without a price are refused by name, never served for nothing', (name) => {
    const charged = charge({ ...NO_USAGE, units: { [name]: 1 } }, versionWith(), plain)
    expect(charged.ok ? undefined : charged.error.kind).toBe('unknown-model-pricing')
    expect(charged.ok ? '' : charged.error.message).toContain('"per_')
  })

  test('is multiplied and rounded with the rest: the exact rational, up, once', () => {
    const used = fc.record({ usage: anyUsage(100_000), units: anyUnits(1_000) })
    fc.assert(
      fc.property(used, anyUnitPrices(), anyMultipliers(), ({ usage, units }, prices, by) => {
        const charged = costAt({ ...usage, units }, { ...text, units: prices }, by)
        if (!charged.ok) throw new Error(charged.error.message)
        let millionths = 0n
        for (const bucket of [
          'input',
          'inputAudio',
          'cacheRead',
          'cacheWrite5m',
          'cacheWrite1h',
          'output',
          'outputAudio',
        ] as const)
          millionths += BigInt(usage[bucket]) * 1_000_000_000n
        const isUsed = millionths > 0n || Object.values(units).some((count) => count > 0)
        for (const name of UNIT_NAMES)
          millionths += BigInt(units[name] ?? 0) * (prices[name] ?? 0n) * (BY_THE_MILLION.has(name) ? 1n : 1_000_000n)
        if (isUsed) millionths += (prices.request ?? 0n) * 1_000_000n
        const numerator = millionths * by.user * by.model * by.group * (1_000_000n - by.planDiscount)
        const denominator = 10n ** 30n
        expect(charged.value * denominator >= numerator).toBe(true)
        expect((charged.value - 1n) * denominator < numerator).toBe(true)
      }),
      { seed: 20_261_124, numRuns: 300 },
    )
  })

  test('a fee for requests that search stands in place of one for each search', () => {
    const used = { ...NO_USAGE, units: { webSearches: 3 } }
    const stated = { searchedRequest: usd('0.035') }
    expect(pricesFor(versionWith(stated), used).units).toEqual(stated)
  })

  test('the prices on the receipt name what a search cost, though nobody stated it', () => {
    const used = { ...NO_USAGE, units: { webSearches: 1 } }
    const prices = pricesFor(versionWith(), used)
    expect(prices.units).toEqual({ webSearches: usd('0.01') })
    expect(pricesFor(versionWith(), NO_USAGE).units).toBeUndefined()
  })
})

describe('a quote', () => {
  const model = {
    id: 'm',
    vendor: 'v',
    type: 'chat' as const,
    displayName: 'M',
    contextWindow: undefined,
    maxOutputTokens: 0,
    multiplier: ONE,
    capabilities: [],
    createdAt: 0,
    priceVersions: [],
  }
  const quoted = (prices: UnitPrices | undefined, units?: Units) =>
    quote({
      action: 'generate',
      textBytes: 0,
      mediaCount: 0,
      mediaBytes: 0,
      refersToStored: false,
      bodyHas1hCache: false,
      outputTokensLimit: 0,
      choices: 1,
      model,
      prices: versionWith(prices),
      multipliers: plain,
      units,
    })
  const cost = (...asked: Parameters<typeof quoted>) => {
    const made = quoted(...asked)
    return made.ok ? made.value.cost - 512_000n : made.error.message
  }
  test.each([
    ['the fee for the request', { request: usd('0.005') }, undefined, '0.005'],
    ['the most searches it may make', { webSearches: usd('0.01') }, { webSearches: 10 }, '0.1'],
    ['searches that nobody priced', undefined, { webSearches: 10 }, '0.1'],
    ['a request that may search', { searchedRequest: usd('0.035') }, { webSearches: 10 }, '0.035'],
    ['images', { images: usd('0.04') }, { images: 2 }, '0.08'],
    ['nothing for a price that is not used', { images: usd('0.04') }, undefined, '0'],
  ])('holds %s', (_what, prices, units, expected) => {
    expect(cost(prices, units)).toBe(usd(expected))
  })
  test('refuses a unit without a price before anything is sent', () => {
    expect(cost(undefined, { images: 1 })).toContain('has no per_image price')
  })
})
