import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Model } from '../canon/model.ts'
import type { Multipliers, PriceVersion } from '../canon/price.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { nanoUsdPerMtok, ONE, partsPerMillion, tokens } from '../units.ts'
import { COST_MAX, charge } from './charge.ts'
import { type QuoteRequest, quote } from './quote.ts'
import { anyMultipliers, anyVersion } from './test-arbitraries.ts'

const seed = 20_260_102
const plain: Multipliers = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }

const model: Model = {
  id: 'm',
  vendor: 'v',
  type: 'chat',
  displayName: 'M',
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions: [],
}

const usd = (whole: bigint) => nanoUsdPerMtok(whole * 1_000_000_000n)
const version: PriceVersion = {
  effectiveFromMs: 0,
  prices: {
    input: usd(4n),
    output: usd(20n),
    cacheRead: usd(1n),
    cacheWrite5m: usd(5n),
    cacheWrite1h: usd(8n),
    inputAudio: usd(40n),
    outputAudio: undefined,
  },
  tiers: [],
}

const request: QuoteRequest = {
  action: 'generate',
  textBytes: 1_000,
  mediaCount: 0,
  mediaBytes: 0,
  refersToStored: false,
  bodyHas1hCache: false,
  outputTokensLimit: 100,
  choices: 1,
  model,
  prices: version,
  multipliers: plain,
}

const bounds = (more: Partial<QuoteRequest>) => {
  const quoted = quote({ ...request, ...more })
  if (!quoted.ok) throw new Error(quoted.error.message)
  const { cost, inputTokensMax, outputTokensMax } = quoted.value
  return [cost, inputTokensMax, outputTokensMax]
}

describe('quote', () => {
  test('is never more than any request can cost', () => {
    const most = partsPerMillion(1_000_000_000n)
    const multipliers = { ...plain, user: most, model: most, group: most }
    expect(bounds({ multipliers, choices: 128, outputTokensLimit: undefined })[0]).toBe(COST_MAX)
  })

  const cases: readonly [string, Partial<QuoteRequest>, bigint, number, number][] = [
    [
      'text counts as a token for two bytes, at the dearest input price',
      {},
      1_012n * 5_000n + 100n * 20_000n,
      1_012,
      100,
    ],
    [
      'an hour’s cache is priced in only when asked for',
      { bodyHas1hCache: true },
      1_012n * 8_000n + 2_000_000n,
      1_012,
      100,
    ],
    [
      'media add tokens by count and by bytes, and may be audio',
      { mediaCount: 2, mediaBytes: 1_600 },
      7_112n * 40_000n + 2_000_000n,
      7_112,
      100,
    ],
    [
      'state kept upstream may fill the window',
      { refersToStored: true },
      200_000n * 40_000n + 2_000_000n,
      200_000,
      100,
    ],
    ['the window bounds the input', { textBytes: 700_000 }, 200_000n * 5_000n + 2_000_000n, 200_000, 100],
    [
      'a body larger than the window is believed',
      { textBytes: 2_000_000 },
      500_000n * 5_000n + 2_000_000n,
      500_000,
      100,
    ],
    [
      'the model’s limit bounds the client’s',
      { outputTokensLimit: 9_000_000 },
      5_060_000n + 64_000n * 20_000n,
      1_012,
      64_000,
    ],
    [
      'without a client limit the model’s counts',
      { outputTokensLimit: undefined },
      5_060_000n + 1_280_000_000n,
      1_012,
      64_000,
    ],
    ['each choice may use the whole limit', { choices: 3 }, 5_060_000n + 300n * 20_000n, 1_012, 300],
    ['counting tokens is free', { action: 'count-tokens' }, 0n, 0, 0],
    ['embedding has no output', { action: 'embed' }, 5_060_000n, 1_012, 0],
    [
      'a batch of embeddings is not bounded by the window',
      { action: 'embed', textBytes: 1_000_000 },
      2_502_560_000n,
      500_512,
      0,
    ],
  ]
  test.each(cases)('%s', (_title, more, cost, input, output) => {
    expect(bounds(more)).toEqual([cost, input, output] as never)
  })

  test('without any limit it takes the window, and without that 128,000', () => {
    const unlimited = { ...model, maxOutputTokens: undefined }
    expect(bounds({ model: unlimited, outputTokensLimit: undefined })[2]).toBe(200_000 as never)
    const unknown = { ...unlimited, contextWindow: undefined }
    expect(bounds({ model: unknown, outputTokensLimit: undefined })[2]).toBe(128_000 as never)
  })

  test('a model without prices is refused, and the message says what to add', () => {
    for (const prices of [undefined, { ...version, prices: { ...version.prices, output: undefined } }]) {
      const quoted = quote({ ...request, prices })
      expect(quoted.ok ? undefined : quoted.error.kind).toBe('unknown-model-pricing')
      expect(quoted.ok ? undefined : quoted.error.message).toContain('model_catalog.json')
    }
  })

  test('covers the charge of every usage within its bounds', () => {
    const shares = fc.array(fc.nat(1_000), { minLength: 7, maxLength: 7 })
    const sizes = fc.record({
      textBytes: fc.nat(900_000),
      mediaCount: fc.nat(3),
      mediaBytes: fc.nat(100_000),
      refersToStored: fc.boolean(),
      bodyHas1hCache: fc.boolean(),
      outputTokensLimit: fc.option(fc.nat(100_000), { nil: undefined }),
      choices: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(sizes, anyVersion(), anyMultipliers(), shares, (size, prices, multipliers, split) => {
        const asked = { ...request, ...size, prices, multipliers }
        const quoted = quote(asked)
        if (!quoted.ok) throw new Error(quoted.error.message)
        const used = usageWithin(asked, quoted.value.inputTokensMax, quoted.value.outputTokensMax, split)
        const charged = charge(used, prices, multipliers)
        if (!charged.ok) throw new Error(charged.error.message)
        expect(charged.value <= quoted.value.cost).toBe(true)
      }),
      { seed, numRuns: 500 },
    )
  })
})

/** Divides the bounds over the buckets the request could use, by the given shares. */
const usageWithin = (asked: QuoteRequest, inputMax: number, outputMax: number, split: readonly number[]): Usage => {
  const [fresh = 0, read = 0, write5m = 0, write1h = 0, audio = 0, text = 0, speech = 0] = split
  const hasMedia = asked.mediaCount > 0 || asked.refersToStored
  const inputs = [fresh, read, write5m, asked.bodyHas1hCache ? write1h : 0, hasMedia ? audio : 0]
  const [input, cacheRead, cacheWrite5m, cacheWrite1h, inputAudio] = divide(inputMax, inputs)
  const [output, outputAudio] = divide(outputMax, [text, speech])
  const none = tokens(0)
  return {
    ...NO_USAGE,
    input: input ?? none,
    cacheRead: cacheRead ?? none,
    cacheWrite5m: cacheWrite5m ?? none,
    cacheWrite1h: cacheWrite1h ?? none,
    inputAudio: inputAudio ?? none,
    output: output ?? none,
    outputAudio: outputAudio ?? none,
  }
}

const divide = (total: number, shares: readonly number[]) => {
  const all = Math.max(
    1,
    shares.reduce((a, b) => a + b, 0),
  )
  return shares.map((share) => tokens(Math.floor((total * share) / all)))
}
