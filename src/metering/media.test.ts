import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Demand, Quantities } from '../canon/envelope.ts'
import type { Model } from '../canon/model.ts'
import type { Prices, PriceVersion } from '../canon/price.ts'
import { NO_USAGE, type Units, type Usage } from '../canon/usage.ts'
import { nanoUsd, nanoUsdPerMtok, ONE, partsPerMillion, tokens } from '../units.ts'
import { charge } from './charge.ts'
import { mediaBill, quoteMedia, variantIn } from './media.ts'

const MULTIPLIERS = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }
const MODEL = { id: 'm', vendor: 'v' } as Model

const pricesOf = (input: bigint, more: Partial<Prices> = {}): Prices => ({
  input: nanoUsdPerMtok(input),
  output: undefined,
  cacheRead: nanoUsdPerMtok(input / 10n),
  cacheWrite5m: nanoUsdPerMtok(input),
  cacheWrite1h: nanoUsdPerMtok(input),
  inputAudio: undefined,
  outputAudio: undefined,
  ...more,
})
const versionOf = (prices: Prices): PriceVersion => ({ effectiveFromMs: 0, prices, tiers: [] })

const quantities = (more: Partial<Quantities> = {}): Quantities => ({
  input: 0,
  inputAudio: 0,
  output: 0,
  outputAudio: 0,
  units: {},
  ...more,
})
const IMAGES: Demand = {
  most: quantities({ input: 100, output: 8_000, units: { images: 2 } }),
  usual: quantities({ input: 20, output: 2_000, units: { images: 2 } }),
  outputPerMillionPieces: 100_000_000,
}
const LISTENING: Demand = {
  most: quantities({ input: 50, inputAudio: 60, output: 90, units: { inputSeconds: 3 } }),
  usual: quantities({ input: 5, inputAudio: 30, output: 12, units: { inputSeconds: 3 } }),
  outputPerMillionPieces: 0,
}
const MODERATION: Demand = {
  most: quantities({ input: 600 }),
  usual: quantities({ input: 9 }),
  outputPerMillionPieces: 0,
}

const perImage = pricesOf(0n, { units: { images: nanoUsd(40_000_000n) } })
const perToken = pricesOf(10_000_000_000n, { output: nanoUsdPerMtok(40_000_000_000n) })
const perSecond = pricesOf(0n, { units: { inputSeconds: nanoUsd(100_000n) } })
const free = pricesOf(0n)

const quoted = (demand: Demand, prices: Prices | undefined) =>
  quoteMedia({ demand, model: MODEL, prices: prices && versionOf(prices), multipliers: MULTIPLIERS })

describe('a quote', () => {
  const quotes: [what: string, demand: Demand, prices: Prices, cost: bigint][] = [
    ['by the image', IMAGES, perImage, 80_000_000n],
    ['by the token', IMAGES, perToken, 100n * 10_000n + 8_000n * 40_000n],
    ['by the second', LISTENING, perSecond, 300_000n],
    ['of what is free', MODERATION, free, 0n],
  ]
  test.each(quotes)('%s is the most that it can cost', (_what, demand, prices, cost) => {
    expect(quoted(demand, prices)).toMatchObject({ ok: true, value: { cost: nanoUsd(cost) } })
  })

  const refused: [what: string, demand: Demand, prices: Prices | undefined, named: string][] = [
    ['nobody has priced', IMAGES, undefined, 'input'],
    ['makes something that has no price', IMAGES, pricesOf(1_000n), 'output or per_image'],
    ['is sold by something else', IMAGES, perSecond, 'output or per_image'],
    ['is sold by units that are not asked for', MODERATION, perSecond, 'output'],
  ]
  test.each(refused)('is refused for a model that %s, and says what is missing', (_what, demand, prices, named) => {
    const result = quoted(demand, prices)
    expect(result).toMatchObject({ ok: false, error: { kind: 'unknown-model-pricing', param: 'model' } })
    if (!result.ok) expect(result.error.message).toContain(named)
  })

  test('of a size that is priced apart is that of the size, and of an unknown one the dearest', () => {
    const version: PriceVersion = {
      ...versionOf(perImage),
      serviceTiers: {
        image_hd: { prices: pricesOf(0n, { units: { images: nanoUsd(90_000_000n) } }), tiers: [] },
        image_small: { prices: pricesOf(0n, { units: { images: nanoUsd(10_000_000n) } }), tiers: [] },
      },
    }
    const costOf = (variant: string | undefined) =>
      quoteMedia({ demand: { ...IMAGES, variant }, model: MODEL, prices: version, multipliers: MULTIPLIERS })
    for (const [variant, cost] of [
      [undefined, 80n],
      ['image_hd', 180n],
      ['image_auto', 180n],
      ['image_small', 80n],
    ] as const)
      expect(costOf(variant)).toMatchObject({ ok: true, value: { cost: nanoUsd(cost * 1_000_000n) } })
    expect([
      variantIn(version, 'image_hd'),
      variantIn(versionOf(perToken), 'image_hd'),
      variantIn(version, 'flex'),
    ]).toEqual(['image_hd', undefined, 'flex'])
  })
})

const usage = (more: Partial<Record<'input' | 'inputAudio' | 'output', number>>, units?: Units): Usage => ({
  ...NO_USAGE,
  ...Object.fromEntries(Object.entries(more).map(([name, count]) => [name, tokens(count)])),
  ...(units && { units }),
})
const told = { rawUsage: undefined, terminal: true, contentSeen: true, error: undefined }

describe('a bill', () => {
  const bills: [what: string, demand: Demand, prices: Prices, answer: Parameters<typeof mediaBill>[2], bill: object][] =
    [
      [
        'has the images that came, whatever tokens were told',
        IMAGES,
        perImage,
        {
          observation: { ...told, usage: usage({ input: 7, output: 9 }), made: { images: 1 } },
          whole: true,
          textTokens: 0,
        },
        { usage: { ...NO_USAGE, units: { images: 1 } }, source: 'upstream' },
      ],
      [
        'has the tokens that were told, whatever images came',
        IMAGES,
        perToken,
        {
          observation: { ...told, usage: usage({ input: 7, output: 9 }), made: { images: 1 } },
          whole: true,
          textTokens: 0,
        },
        { usage: usage({ input: 7, output: 9 }), source: 'upstream' },
      ],
      [
        'has the usual tokens of the images that came, where nobody told',
        IMAGES,
        perToken,
        { observation: { ...told, usage: undefined, made: { images: 1 } }, whole: true, textTokens: 0 },
        { usage: usage({ input: 20, output: 1_000 }), source: 'estimated' },
      ],
      [
        'has a hundred tokens for each image on its way, of a stream that was cut',
        IMAGES,
        perToken,
        { observation: { ...told, usage: undefined, pieces: 3 }, whole: false, textTokens: 0 },
        { usage: usage({ input: 20, output: 300 }), source: 'estimated' },
      ],
      [
        'has no image of a stream that was cut before one was finished',
        IMAGES,
        perImage,
        { observation: { ...told, usage: undefined, pieces: 3 }, whole: false, textTokens: 0 },
        { usage: NO_USAGE, source: 'estimated' },
      ],
      [
        'has the length that the recording has, where nobody told',
        LISTENING,
        perSecond,
        { observation: { ...told, usage: undefined }, whole: true, textTokens: 40 },
        { usage: { ...NO_USAGE, units: { inputSeconds: 3 } }, source: 'estimated' },
      ],
      [
        'does not believe a length that cannot be true',
        LISTENING,
        perSecond,
        { observation: { ...told, usage: usage({}, { inputSeconds: 49 }) }, whole: true, textTokens: 0 },
        { usage: { ...NO_USAGE, units: { inputSeconds: 3 } }, source: 'estimated' },
      ],
      [
        'has the length that the vendor billed, where that can be true',
        LISTENING,
        perSecond,
        { observation: { ...told, usage: usage({}, { inputSeconds: 48 }) }, whole: true, textTokens: 0 },
        { usage: { ...NO_USAGE, units: { inputSeconds: 48 } }, source: 'upstream' },
      ],
      [
        'has the sound and the text that were delivered, of a model that is sold by the token',
        LISTENING,
        perToken,
        { observation: { ...told, usage: usage({}, { inputSeconds: 3 }) }, whole: true, textTokens: 4 },
        { usage: usage({ input: 5, inputAudio: 30, output: 4 }), source: 'estimated' },
      ],
      [
        'of what is free has what was read',
        MODERATION,
        free,
        { observation: undefined, whole: true, textTokens: 0 },
        { usage: usage({ input: 9 }), source: 'estimated' },
      ],
    ]
  test.each(bills)('%s', (_what, demand, prices, answer, bill) => {
    expect(mediaBill(demand, prices, answer)).toEqual(bill as never)
  })

  test('can always be charged, and within its demand never costs more than was quoted', () => {
    const price = fc.option(fc.bigInt(0n, 10n ** 12n), { nil: undefined })
    const fee = fc.option(fc.bigInt(0n, 10n ** 9n), { nil: undefined })
    const fees = fc.record({ images: fee, inputSeconds: fee }, { requiredKeys: [] })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const anything = fc.tuple(
      fc.bigInt(0n, 10n ** 12n),
      price,
      price,
      fees,
      fc.constantFrom(IMAGES, LISTENING, MODERATION),
      share,
      fc.boolean(),
      fc.boolean(),
    )
    fc.assert(
      fc.property(anything, ([input, output, inputAudio, units, demand, part, whole, tells]) => {
        const stated = Object.entries(units).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, nanoUsd(value)]],
        )
        const prices = pricesOf(input, {
          output: output === undefined ? undefined : nanoUsdPerMtok(output),
          inputAudio: inputAudio === undefined ? undefined : nanoUsdPerMtok(inputAudio),
          ...(stated.length > 0 && { units: Object.fromEntries(stated) }),
        })
        const quote = quoted(demand, prices)
        fc.pre(quote.ok)
        const { most } = demand
        const of = (count: number): number => Math.floor(count * part)
        const counts = usage({ input: of(most.input), inputAudio: of(most.inputAudio), output: of(most.output) })
        const observation = { ...told, usage: tells ? counts : undefined, pieces: of(20) }
        const bill = mediaBill(demand, prices, { observation, whole, textTokens: of(most.output) })
        const cost = charge(bill.usage, versionOf(prices), MULTIPLIERS)
        expect(cost.ok).toBe(true)
        // Sound that is dearer than text is bounded by the dearer; the cheaper of the two is never more.
        if (cost.ok && quote.ok) expect(cost.value <= quote.value.cost).toBe(true)
      }),
      { seed: 20_261_121, numRuns: 2_000 },
    )
  })
})
