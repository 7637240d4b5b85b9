import { describe, expect, test } from 'bun:test'
import type { Model } from '../canon/model.ts'
import type { PriceVersion } from '../canon/price.ts'
import { ONE } from '../units.ts'
import { completePrices } from './prices.ts'
import { createPricedCatalogue, laidOver } from './set-prices.ts'

const version = (effectiveFromMs: number, input: bigint): PriceVersion => ({
  effectiveFromMs,
  prices: completePrices({
    input,
    output: undefined,
    cacheRead: undefined,
    cacheWrite5m: undefined,
    cacheWrite1h: undefined,
    inputAudio: undefined,
    outputAudio: undefined,
  }),
  tiers: [],
})
const model = (id: string, priceVersions: readonly PriceVersion[]): Model => ({
  id,
  vendor: 'acme',
  type: 'chat',
  displayName: id,
  contextWindow: undefined,
  maxOutputTokens: undefined,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions,
})

const catalogue = () =>
  createPricedCatalogue({
    builtIn: { models: [model('a', [version(0, 1n), version(100, 2n)]), model('b', [])], spellings: new Map() },
    overrides: [model('b', [version(0, 3n)])],
    aliases: { other: 'a' },
  })
const inputAt = (all: ReturnType<typeof catalogue>, id: string, atMs: number): bigint | undefined => {
  const found = all.find(id)
  return found && all.priceAt(found, atMs)?.prices.input
}

describe('prices that are set', () => {
  const stated = [version(0, 1n), version(100, 2n)]
  const rows: readonly (readonly [string, readonly PriceVersion[], readonly (readonly [number, bigint])[]])[] = [
    [
      'none: what the catalogue states',
      [],
      [
        [0, 1n],
        [99, 1n],
        [100, 2n],
      ],
    ],
    [
      'one between: it, and nothing stated after it',
      [version(50, 9n)],
      [
        [49, 1n],
        [50, 9n],
        [100, 9n],
      ],
    ],
    [
      'one after all',
      [version(200, 9n)],
      [
        [100, 2n],
        [199, 2n],
        [200, 9n],
      ],
    ],
    [
      'two from the same moment: the later one',
      [version(50, 8n), version(50, 9n)],
      [
        [49, 1n],
        [50, 9n],
      ],
    ],
    [
      'one from the beginning',
      [version(0, 9n)],
      [
        [0, 9n],
        [100, 9n],
      ],
    ],
  ]
  test.each(rows)('are laid over those that are stated: %s', (_, set, expected) => {
    const all = laidOver(stated, set)
    const at = (ms: number): bigint | undefined =>
      all.findLast(({ effectiveFromMs }) => effectiveFromMs <= ms)?.prices.input
    expect(expected.map(([ms]) => [ms, at(ms)])).toEqual(expected.map(([ms, input]) => [ms, input]))
  })

  test('count for built-in models, those of the file and by every name; for unknown ones they change nothing', () => {
    const all = catalogue()
    const set = ['a', 'b', 'gone'].map((id) => ({ model: id, version: version(50, 9n) }))
    all.setPrices(set)
    expect([inputAt(all, 'a', 50), inputAt(all, 'b', 50), all.find('gone')]).toEqual([9n, 9n, undefined])
    const named = all.resolve('other')
    expect(named.ok && BigInt(all.priceAt(named.value.model, 50)?.prices.input ?? 0)).toBe(9n)
    expect(all.models().map(({ id }) => id)).toEqual(['a', 'b'])
    expect(all.stated('a')?.priceVersions).toHaveLength(2)
  })

  test('replace those that were set before', () => {
    const all = catalogue()
    all.setPrices([{ model: 'a', version: version(50, 9n) }])
    all.setPrices([{ model: 'b', version: version(50, 8n) }])
    expect([inputAt(all, 'a', 100), inputAt(all, 'b', 50)]).toEqual([2n, 8n])
    all.setPrices([])
    expect(inputAt(all, 'b', 50)).toBe(3n)
  })

  test('leave a model that somebody holds as it was: a request is charged at the prices it was quoted at', () => {
    const all = catalogue()
    const held = all.find('a')
    if (!held) throw new Error('there is no model a')
    // From a moment before the request came in, as another replica learns of it.
    all.setPrices([{ model: 'a', version: version(50, 9n) }])
    expect(all.priceAt(held, 60)).toEqual(version(0, 1n))
    expect(inputAt(all, 'a', 60)).toBe(9n)
  })
})
