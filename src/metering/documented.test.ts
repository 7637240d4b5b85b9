import { describe, expect, test } from 'bun:test'
import type { Multipliers, Prices } from '../canon/price.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { formatUsd, nanoUsdPerMtok, parsePartsPerMillion, parseUsdPerMtok, partsPerMillion, tokens } from '../units.ts'
import { charge } from './charge.ts'
import { quote } from './quote.ts'

/** What users have been told elsewhere that such a gateway charges, as numbers. */

const usd = (text: string) => parseUsdPerMtok(text) ?? nanoUsdPerMtok(-1n)
const times = (text: string) => parsePartsPerMillion(text) ?? partsPerMillion(-1n)
const multipliers = (more: Partial<Record<keyof Multipliers, string>> = {}): Multipliers => ({
  user: times(more.user ?? '1'),
  model: times(more.model ?? '1'),
  group: times(more.group ?? '1'),
  planDiscount: times(more.planDiscount ?? '0'),
})
const prices = (input: string, output: string): Prices => ({
  input: usd(input),
  output: usd(output),
  cacheRead: nanoUsdPerMtok(usd(input) / 10n),
  cacheWrite5m: nanoUsdPerMtok((usd(input) * 5n) / 4n),
  cacheWrite1h: nanoUsdPerMtok(usd(input) * 2n),
  inputAudio: undefined,
  outputAudio: undefined,
})
const version = (input: string, output: string) => ({ effectiveFromMs: 0, prices: prices(input, output), tiers: [] })

const used = (
  counts: Partial<Record<'input' | 'output' | 'cacheRead' | 'cacheWrite5m' | 'reasoning', number>>,
): Usage => ({
  ...NO_USAGE,
  ...Object.fromEntries(Object.entries(counts).map(([bucket, count]) => [bucket, tokens(count)])),
})

describe('(tokens in × price in + tokens out × price out) ÷ 1e6 × the user’s rate × the model’s', () => {
  const rows: readonly [string, Usage, Multipliers, string][] = [
    ['as it is', used({ input: 1_000, output: 500 }), multipliers(), '0.010500000'],
    ['for a user at 1.5', used({ input: 1_000, output: 500 }), multipliers({ user: '1.5' }), '0.015750000'],
    ['for a model at 0.8', used({ input: 1_000, output: 500 }), multipliers({ model: '0.8' }), '0.008400000'],
    ['both', used({ input: 1_000, output: 500 }), multipliers({ user: '1.5', model: '0.8' }), '0.012600000'],
    ['twelve tokens in and 488 out', used({ input: 12, output: 488 }), multipliers(), '0.007356000'],
    [
      'the basic plan: 70 % off',
      used({ input: 1_000, output: 500 }),
      multipliers({ planDiscount: '0.70' }),
      '0.003150000',
    ],
    [
      'the pro plan: 80 % off',
      used({ input: 1_000, output: 500 }),
      multipliers({ planDiscount: '0.80' }),
      '0.002100000',
    ],
    ['thinking is billed as output', used({ input: 0, output: 500, reasoning: 480 }), multipliers(), '0.007500000'],
  ]
  test.each(rows)('%s', (_what, usage, by, cost) => {
    const charged = charge(usage, version('3', '15'), by)
    expect(charged.ok && formatUsd(charged.value)).toBe(cost)
  })
})

describe('a prompt of 10,000 tokens that is cached', () => {
  const rows: readonly [string, Usage, string][] = [
    ['without a cache costs the input price', used({ input: 10_000 }), '0.030000000'],
    ['on its first request costs five quarters of it', used({ cacheWrite5m: 10_000 }), '0.037500000'],
    ['on the next ones a tenth: 90 % off', used({ cacheRead: 10_000 }), '0.003000000'],
  ]
  test.each(rows)('%s', (_what, usage, cost) => {
    const charged = charge(usage, version('3', '15'), multipliers())
    expect(charged.ok && formatUsd(charged.value)).toBe(cost)
  })
})

describe('a request is held for the most it can cost, so that a lower max_tokens lets a small balance pass', () => {
  const rows: readonly [number | undefined, string][] = [
    [undefined, '0.963795000'],
    [64_000, '0.963795000'],
    [8_000, '0.123795000'],
    [1_024, '0.019155000'],
    [16, '0.004035000'],
  ]
  test.each(rows)('max_tokens %p: $%s', (outputTokensLimit, cost) => {
    const quoted = quote({
      action: 'generate',
      textBytes: 1_000,
      mediaCount: 0,
      mediaBytes: 0,
      refersToStored: false,
      bodyHas1hCache: false,
      outputTokensLimit,
      choices: 1,
      model: {
        id: 'm',
        vendor: 'v',
        type: 'chat',
        displayName: 'M',
        contextWindow: 200_000,
        maxOutputTokens: 64_000,
        multiplier: times('1'),
        capabilities: [],
        createdAt: 0,
        priceVersions: [],
      },
      prices: version('3', '15'),
      multipliers: multipliers(),
    })
    expect(quoted.ok && formatUsd(quoted.value.cost)).toBe(cost)
  })

  test('a model nobody has priced is refused with 400, and the message says where prices are stated', () => {
    const charged = charge(
      used({ output: 1 }),
      { effectiveFromMs: 0, prices: { ...prices('3', '15'), output: undefined }, tiers: [] },
      multipliers(),
    )
    expect(charged.ok ? undefined : charged.error.kind).toBe('unknown-model-pricing')
    expect(charged.ok ? '' : charged.error.message).toContain('model_catalog.json')
  })
})
