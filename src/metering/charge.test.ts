import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Multipliers, Prices, PriceVersion } from '../canon/price.ts'
import { inputTotal, NO_USAGE, type Usage } from '../canon/usage.ts'
import { nanoUsd, nanoUsdPerMtok, ONE, partsPerMillion, tokens } from '../units.ts'
import { COST_MAX, charge } from './charge.ts'
import { pricesAt } from './price-at.ts'
import { anyMultipliers, anyUsage, anyVersion } from './test-arbitraries.ts'

const seed = 20_260_101

const plain: Multipliers = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }

const sonnet: Prices = {
  input: nanoUsdPerMtok(3_000_000_000n),
  output: nanoUsdPerMtok(15_000_000_000n),
  cacheRead: nanoUsdPerMtok(300_000_000n),
  cacheWrite5m: nanoUsdPerMtok(3_750_000_000n),
  cacheWrite1h: nanoUsdPerMtok(6_000_000_000n),
  inputAudio: undefined,
  outputAudio: undefined,
}
const sonnetVersion: PriceVersion = { effectiveFromMs: 0, prices: sonnet, tiers: [] }

const usage = (counts: Partial<Record<keyof Usage, number>>): Usage => ({
  ...NO_USAGE,
  ...Object.fromEntries(Object.entries(counts).map(([bucket, count]) => [bucket, tokens(count)])),
})

/** The same bill by schoolbook fractions: every factor its own numerator and denominator. */
const oracle = (used: Usage, version: PriceVersion, by: Multipliers): { numerator: bigint; denominator: bigint } => {
  const prices = pricesAt(version, inputTotal(used))
  const lines: readonly [number, bigint][] = [
    [used.input, prices.input],
    [used.inputAudio, prices.inputAudio ?? prices.input],
    [used.cacheRead, prices.cacheRead],
    [used.cacheWrite5m, prices.cacheWrite5m],
    [used.cacheWrite1h, prices.cacheWrite1h],
    [used.output, prices.output ?? 0n],
    [used.outputAudio, prices.outputAudio ?? prices.output ?? 0n],
  ]
  let sum = { numerator: 0n, denominator: 1n }
  for (const [count, price] of lines) sum = add(sum, { numerator: BigInt(count) * price, denominator: 1_000_000n })
  for (const factor of [by.user, by.model, by.group, 1_000_000n - by.planDiscount]) {
    sum = { numerator: sum.numerator * factor, denominator: sum.denominator * 1_000_000n }
  }
  return sum
}

type Fraction = { numerator: bigint; denominator: bigint }
const add = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.denominator + b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
})

describe('charge', () => {
  const cases: readonly [string, Usage, Multipliers, bigint][] = [
    ['nothing used costs nothing', NO_USAGE, plain, 0n],
    ['a million input tokens cost the input price', usage({ input: 1_000_000 }), plain, 3_000_000_000n],
    [
      'each bucket is billed at its own price',
      usage({ input: 10, cacheRead: 20, cacheWrite5m: 30, cacheWrite1h: 40, output: 50 }),
      plain,
      30_000n + 6_000n + 112_500n + 240_000n + 750_000n,
    ],
    ['reasoning is part of output and not billed again', usage({ output: 100, reasoning: 90 }), plain, 1_500_000n],
    ['audio without a price of its own is billed as text', usage({ inputAudio: 2, outputAudio: 2 }), plain, 36_000n],
    [
      'a discount of 70 % leaves 30 %',
      usage({ input: 1_000 }),
      { ...plain, planDiscount: partsPerMillion(700_000n) },
      900_000n,
    ],
    ['a fraction of a nano-dollar is rounded up', usage({ input: 1 }), { ...plain, user: partsPerMillion(1n) }, 1n],
  ]
  test.each(cases)('%s', (_title, used, multipliers, expected) => {
    expect(charge(used, sonnetVersion, multipliers)).toEqual({ ok: true, value: nanoUsd(expected) })
  })

  test('is never more than a million dollars, however much is used at whatever price', () => {
    const most = partsPerMillion(1_000_000_000n)
    const all = { user: most, model: most, group: most, planDiscount: partsPerMillion(0n) }
    const used = usage({ input: 1e12, output: 1e12 })
    expect(charge(used, sonnetVersion, all)).toEqual({ ok: true, value: COST_MAX })
    expect(COST_MAX).toBe(nanoUsd(1_000_000_000_000_000n))
  })

  test('is the exact rational, rounded up once', () => {
    fc.assert(
      fc.property(anyUsage(2_000_000), anyVersion(), anyMultipliers(), (used, version, by) => {
        const charged = charge(used, version, by)
        if (!charged.ok) return
        const { numerator, denominator } = oracle(used, version, by)
        expect(charged.value * denominator >= numerator).toBe(true)
        expect((charged.value - 1n) * denominator < numerator).toBe(true)
      }),
      { seed, numRuns: 500 },
    )
  })

  test('never falls when more is used, unless a larger input reaches another tier', () => {
    const buckets = [
      'input',
      'inputAudio',
      'cacheRead',
      'cacheWrite5m',
      'cacheWrite1h',
      'output',
      'outputAudio',
    ] as const
    fc.assert(
      fc.property(
        anyUsage(100_000),
        anyVersion(),
        anyMultipliers(),
        fc.constantFrom(...buckets),
        fc.nat(100_000),
        (used, version, by, bucket, more) => {
          const flat = { ...version, tiers: [] }
          const before = charge(used, flat, by)
          const after = charge({ ...used, [bucket]: tokens(used[bucket] + more) }, flat, by)
          if (before.ok && after.ok) expect(after.value >= before.value).toBe(true)
        },
      ),
      { seed, numRuns: 300 },
    )
  })

  test('refuses output that nobody has priced', () => {
    const embedding = { ...sonnetVersion, prices: { ...sonnet, output: undefined } }
    expect(charge(usage({ input: 5 }), embedding, plain)).toEqual({ ok: true, value: nanoUsd(15_000n) })
    const charged = charge(usage({ input: 5, output: 1 }), embedding, plain)
    expect(charged.ok ? undefined : charged.error.kind).toBe('unknown-model-pricing')
  })

  test('takes the tier that the whole input exceeds, cached input included', () => {
    const dear = { ...sonnet, input: nanoUsdPerMtok(6_000_000_000n) }
    const dearest = { ...sonnet, input: nanoUsdPerMtok(9_000_000_000n) }
    const tiered: PriceVersion = {
      ...sonnetVersion,
      tiers: [
        { aboveInputTokens: 500_000, prices: dearest },
        { aboveInputTokens: 200_000, prices: dear },
      ],
    }
    const at = (counts: Partial<Record<keyof Usage, number>>) => pricesAt(tiered, inputTotal(usage(counts))).input
    expect(at({ input: 200_000 })).toBe(sonnet.input)
    expect(at({ input: 1, cacheRead: 200_000 })).toBe(dear.input)
    expect(at({ input: 500_001 })).toBe(dearest.input)
  })
})
