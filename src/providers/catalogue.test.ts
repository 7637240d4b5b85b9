import { describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { buildCatalogue } from '../../tools/catalogue-build.ts'
import { renderCatalogue } from '../../tools/catalogue-render.ts'
import { decimalText } from '../../tools/catalogue-source.ts'
import { formatUsd } from '../units.ts'
import { builtInCatalogue } from './built-in.ts'
import { createCatalogue } from './catalogue.ts'
import { readCatalogueFile } from './catalogue-file.ts'
import { undatedForm } from './dated.ts'
import { nearestNames } from './nearest.ts'
import { completePrices } from './prices.ts'

const builtIn = builtInCatalogue()
const catalogue = createCatalogue({
  builtIn,
  aliases: { 'aiproxy/sonnet': 'claude-sonnet-4-6', dated: 'claude-haiku-4-5-20251001', gone: 'claude-3-opus-latest' },
  retired: { 'claude-sonnet-4-20250514': 'claude-sonnet-4-6', 'claude-3-opus-latest': 'claude-opus-4-7' },
})

const NOW_MS = Date.parse('2026-11-20T00:00:00Z')

test('the committed catalogue is what the build step makes of its source', async () => {
  const committed = await readFile(new URL('./catalogue.generated.ts', import.meta.url), 'utf8')
  expect(committed === renderCatalogue(buildCatalogue())).toBe(true)
})

describe('built-in prices', () => {
  const priced: readonly [string, string, string | undefined, string, number | undefined][] = [
    ['claude-opus-4-7', '5', '25', '0.5', 1_000_000],
    ['claude-sonnet-4-6', '3', '15', '0.3', 200_000],
    ['claude-haiku-4-5', '1', '5', '0.1', 200_000],
    ['claude-sonnet-4-5', '3', '15', '0.3', 200_000],
    ['claude-opus-4-5', '5', '25', '0.5', 200_000],
    ['claude-opus-5-5', '4', '20', '0.2', 1_000_000],
    ['claude-sonnet-5-5', '2', '10', '0.1', 1_000_000],
    ['claude-haiku-5-5', '0.1', '0.5', '0.01', 1_000_000],
    ['gpt-5.4', '2.5', '15', '0.25', 1_050_000],
    ['gpt-6.1-sol', '2', '10', '0.1', 1_050_000],
    ['gpt-4o-mini', '0.15', '0.6', '0.075', 128_000],
    ['gpt-3.5-turbo-instruct', '1.5', '2', '0.15', 16_385],
    ['text-embedding-3-small', '0.02', undefined, '0.002', 8_192],
    ['text-embedding-3-large', '0.13', undefined, '0.013', 8_192],
    ['gemini-2.5-flash', '0.3', '2.5', '0.03', 1_048_576],
    ['gemini-3-pro-preview', '2', '12', '0.2', 1_048_576],
    ['gemini-embedding-001', '0.15', undefined, '0.015', 2_048],
    ['deepseek-chat', '0.27', '1.1', '0.07', 1_000_000],
    ['deepseek-reasoner', '0.55', '2.19', '0.14', 1_000_000],
    ['demo', '0.1', '0.4', '0.01', 32_768],
  ]
  test.each(priced)('%s costs $%s in and $%s out', (id, input, output, cacheRead, context) => {
    const model = catalogue.find(id)
    const prices = model && catalogue.priceAt(model, NOW_MS)?.prices
    const usd = (price: bigint | undefined) =>
      price === undefined ? undefined : formatUsd(price).replace(/\.?0+$/, '')
    expect([usd(prices?.input), usd(prices?.output), usd(prices?.cacheRead)]).toEqual([input, output, cacheRead])
    expect(model?.contextWindow).toBe(context)
  })

  const usdOf = (price: bigint | undefined) =>
    price === undefined ? undefined : formatUsd(price).replace(/\.?0+$/, '')

  const tiered: readonly [string, string, string | undefined, string | undefined, string | undefined][] = [
    ['gpt-5.4', 'flex', '1.25', '7.5', '0.125'],
    ['gpt-5.4', 'batch', '1.25', '7.5', '0.125'],
    ['gpt-5.4', 'priority', '5', '30', '0.5'],
    ['gpt-5.5', 'fast', '12.5', '75', '1.25'],
    ['gpt-5.6-sol', 'priority', '8', '40', '0.8'],
    ['gpt-5', 'priority', '2.5', '20', '0.25'],
    ['gpt-6-astra', 'ultrafast', '60', '300', '6'],
    ['gpt-4.1', 'priority', '3.5', '14', '0.875'],
    ['claude-opus-5-5', 'fast', '8', '40', '0.4'],
    ['claude-opus-5', 'fast', '10', '50', '1'],
    ['claude-sonnet-4-6', 'batch', '1.5', '7.5', '0.15'],
    ['claude-sonnet-4-6', 'priority', '3', '15', '0.3'],
    ['gemini-2.5-flash', 'flex', '0.15', '1.25', '0.015'],
    ['deepseek-chat', 'flex', undefined, undefined, undefined],
  ]
  test.each(tiered)('%s in the tier %s costs $%s in and $%s out', (id, tier, input, output, cacheRead) => {
    const model = catalogue.find(id)
    const prices = (model && catalogue.priceAt(model, NOW_MS))?.serviceTiers?.[tier]?.prices
    expect([usdOf(prices?.input), usdOf(prices?.output), usdOf(prices?.cacheRead)]).toEqual([input, output, cacheRead])
  })

  const large: readonly [string, number, string, string][] = [
    ['gemini-2.5-pro', 200_000, '1.25', '10'],
    ['gemini-2.5-pro', 200_001, '2.5', '15'],
    ['gemini-3-pro-preview', 200_001, '4', '18'],
    ['claude-sonnet-4-5', 200_000, '3', '15'],
    ['claude-sonnet-4-5', 200_001, '6', '22.5'],
    ['claude-sonnet-4-6', 900_000, '3', '15'],
    ['claude-haiku-5-5', 100_001, '0.5', '2.5'],
    ['gpt-6.1-sol', 272_001, '4', '15'],
  ]
  test.each(large)('%s with %d tokens of input costs $%s in and $%s out', (id, size, input, output) => {
    const model = catalogue.find(id)
    const version = model && catalogue.priceAt(model, NOW_MS)
    const reached = version?.tiers.findLast(({ aboveInputTokens }) => size > aboveInputTokens)
    const prices = reached?.prices ?? version?.prices
    expect([usdOf(prices?.input), usdOf(prices?.output)]).toEqual([input, output])
  })

  test.each([
    ['claude-sonnet-4-6', { webSearches: 10_000_000n }],
    ['claude-sonnet-5-5', { webSearches: 10_000_000n }],
    ['gpt-5.4', { webSearches: 10_000_000n }],
    ['sonar', { request: 12_000_000n }],
    ['gemini-2.5-pro', { searchedRequest: 35_000_000n }],
    ['gemini-3.5-flash', { webSearches: 14_000_000n }],
    ['gemini-2.5-flash-image', undefined],
  ])('%s has the fees that are stated for it', (id, fees) => {
    const model = catalogue.find(id)
    expect((model && catalogue.priceAt(model, NOW_MS))?.prices.units).toEqual(fees as never)
  })

  test('change on the day the vendor changed them', () => {
    const read = (at: string) => {
      const model = catalogue.find('claude-sonnet-5-5')
      return model && catalogue.priceAt(model, Date.parse(at))?.prices.cacheRead
    }
    expect(read('2026-10-06T23:59:59Z')).toBe(200_000_000n as never)
    expect(read('2026-10-07T00:00:00Z')).toBe(100_000_000n as never)
  })

  test('every model has a price, an order in time, tiers in order, and nothing negative', () => {
    for (const model of catalogue.models()) {
      expect(model.priceVersions.length).toBeGreaterThan(0)
      const froms = model.priceVersions.map((version) => version.effectiveFromMs)
      expect(froms).toEqual([...froms].sort((a, b) => a - b))
      for (const { prices, tiers } of model.priceVersions) {
        const isSold = prices.input > 0n || prices.units !== undefined || model.type === 'moderation'
        expect(isSold && (prices.output ?? 0n) >= 0n).toBe(true)
        expect(tiers.map((tier) => tier.aboveInputTokens)).toEqual(
          tiers.map((tier) => tier.aboveInputTokens).sort((a, b) => a - b),
        )
      }
    }
  })

  test('absent cache prices follow from the input price, rounded up', () => {
    const none = { cacheRead: undefined, cacheWrite5m: undefined, cacheWrite1h: undefined }
    const prices = completePrices({
      input: 7n,
      output: undefined,
      ...none,
      inputAudio: undefined,
      outputAudio: undefined,
    })
    expect([prices.cacheRead, prices.cacheWrite5m, prices.cacheWrite1h]).toEqual([1n, 9n, 14n] as never)
  })

  test('numbers become decimal text without an exponent', () => {
    expect([0.3, 1e-7, 2.5e-8, 600].map(decimalText)).toEqual(['0.3', '0.0000001', '0.000000025', '600'])
  })
})

describe('resolving a name', () => {
  const found: readonly [string, string, string][] = [
    ['claude-sonnet-4-6', 'claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['aiproxy/sonnet', 'claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['claude-sonnet-4.6', 'claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
    ['claude-opus-4-5-20251101', 'claude-opus-4-5', 'claude-opus-4-5-20251101'],
    ['claude-3-5-haiku-20241022', 'claude-3-5-haiku-latest', 'claude-3-5-haiku-20241022'],
    ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini', 'gpt-4o-mini-2024-07-18'],
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['gpt-5-codex', 'gpt-5-codex', 'gpt-5-codex'],
    ['dated', 'claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
  ]
  test.each(found)('%s is %s, called %s upstream', (name, id, upstreamName) => {
    const resolved = catalogue.resolve(name)
    expect(resolved.ok ? [resolved.value.model.id, resolved.value.upstreamName] : resolved.error).toEqual([
      id,
      upstreamName,
    ])
  })

  const retired = [
    'claude-sonnet-4-20250514',
    'claude-3-opus-latest',
    'claude-3-opus',
    'claude-3-opus-20240229',
    'gone',
  ]
  test.each(retired)('%s is retired, and the message names the successor', (name) => {
    const resolved = catalogue.resolve(name)
    expect(resolved.ok ? undefined : resolved.error.kind).toBe('model-retired')
    expect(resolved.ok ? '' : resolved.error.message).toMatch(/claude-(sonnet-4-6|opus-4-7)/)
  })

  const unknown = [
    '',
    'nobody',
    'claude-sonnet-9',
    'claude-sonnet-4-6-20261399',
    '__proto__',
    'constructor',
    'a\u0000b',
    'x'.repeat(9_999),
  ]
  test.each(unknown)('%j is not found', (name) => {
    const resolved = catalogue.resolve(name)
    expect(resolved.ok ? undefined : resolved.error.kind).toBe('model-not-found')
    const message = resolved.ok ? '' : resolved.error.message
    expect(message).toContain('GET /v1/models')
    expect(message.length).toBeLessThan(600)
    expect(message).not.toContain('\u0000')
  })

  test('a near miss is told what it probably meant', () => {
    const resolved = catalogue.resolve('claude-sonet-4-6')
    expect(resolved.ok ? '' : resolved.error.message).toContain('"claude-sonnet-4-6"')
    expect(nearestNames('zzzz', ['claude'])).toEqual([])
  })

  test('a date must be one', () => {
    expect(undatedForm('m-20251001')).toBe('m')
    expect(undatedForm('m-2025-10-01')).toBe('m')
    expect(['m', 'm-20251301', 'm-2025', '-20251001', 'm20251001'].map(undatedForm)).toEqual(Array(5).fill(undefined))
  })
})

describe('model_catalog.json', () => {
  const file = (models: unknown) => JSON.stringify({ models })
  const read = (text: string) => readCatalogueFile(text, builtIn.models)

  test('adds models and overrides built-in ones, keeping what it leaves out', () => {
    const result = read(
      file({
        'claude-sonnet-4-6': { provider: 'anthropic', price: { input: '2.5', output: '10' } },
        'my-model': {
          provider: 'Gemini',
          type: 'embedding',
          context_window: 512,
          multiplier: '1.25',
          price: { input: '0.000000001' },
        },
        unpriced: { provider: 'me' },
      }),
    )
    if (!result.ok) throw new Error(JSON.stringify(result.error))
    const mine = createCatalogue({ builtIn, overrides: result.value })
    const sonnet = mine.find('claude-sonnet-4-6')
    expect(sonnet).toMatchObject({ contextWindow: 200_000, type: 'chat', displayName: 'Claude Sonnet 4.6' } as never)
    expect(sonnet && mine.priceAt(sonnet, NOW_MS)?.prices).toMatchObject({
      input: 2_500_000_000n,
      cacheRead: 250_000_000n,
    } as never)
    expect(mine.find('my-model')).toMatchObject({
      vendor: 'google',
      contextWindow: 512,
      multiplier: 1_250_000n,
    } as never)
    const unpriced = mine.find('unpriced')
    expect(unpriced && mine.priceAt(unpriced, NOW_MS)).toBeUndefined()
  })

  const priced = (price: object, more: object = {}) => {
    const result = read(file({ m: { provider: 'me', price, ...more } }))
    if (!result.ok) throw new Error(JSON.stringify(result.error))
    return result.value[0]?.priceVersions ?? []
  }

  test('what is not counted in tokens is priced one by one', () => {
    const [version] = priced({
      input: '0',
      per_request: '0.005',
      per_image: '0.04',
      per_second: '0.0001',
      per_output_second: '0.0002',
      per_million_characters: '15',
      per_web_search: '0.01',
      tiers: [{ above_input_tokens: 10, input: '1' }],
    })
    const units = {
      request: 5_000_000n,
      images: 40_000_000n,
      inputSeconds: 100_000n,
      outputSeconds: 200_000n,
      characters: 15_000_000_000n,
      webSearches: 10_000_000n,
    }
    expect(version?.prices.units).toEqual(units as never)
    expect(version?.tiers[0]?.prices.units).toEqual(units as never)
  })

  test('a tier of service is a factor on all token prices, or prices of its own', () => {
    const [version] = priced({
      input: '3',
      output: '0.000000001',
      per_web_search: '0.01',
      tiers: [{ above_input_tokens: 200000, input: '6', output: '30' }],
      service_tiers: { flex: '0.5', priority: { input: '5', output: '25' } },
    })
    const { flex, priority } = version?.serviceTiers ?? {}
    // Half of a nano-dollar per million tokens is rounded up; a search costs the same in every tier.
    expect(flex?.prices).toMatchObject({ input: 1_500_000_000n, output: 1n, cacheRead: 150_000_000n } as never)
    expect(flex?.prices.units).toEqual({ webSearches: 10_000_000n } as never)
    expect(flex?.tiers).toMatchObject([{ aboveInputTokens: 200_000, prices: { input: 3_000_000_000n } }] as never)
    expect(priority).toMatchObject({ prices: { input: 5_000_000_000n, cacheRead: 500_000_000n }, tiers: [] } as never)
  })

  test('prices change at their time, and the built-in ones hold until then', () => {
    const change = (from: string, input: string) => ({ from, input, output: '1' })
    const versions = priced(
      { input: '3' },
      { price_changes: [change('2027-01-01T00:00:00Z', '5'), change('2026-12-01T00:00:00+01:00', '4')] },
    )
    expect(versions.map(({ effectiveFromMs, prices }) => [effectiveFromMs, prices.input])).toEqual([
      [0, 3_000_000_000n],
      [Date.parse('2026-11-30T23:00:00Z'), 4_000_000_000n],
      [Date.parse('2027-01-01T00:00:00Z'), 5_000_000_000n],
    ] as never)
    const result = read(
      file({ 'claude-sonnet-5-5': { provider: 'anthropic', price_changes: [change('2026-12-01T00:00:00Z', '4')] } }),
    )
    const [sonnet] = result.ok ? result.value : []
    const mine = createCatalogue({ builtIn, overrides: sonnet ? [sonnet] : [] })
    const at = (moment: string) => sonnet && mine.priceAt(sonnet, Date.parse(moment))?.prices.input
    expect(at('2026-11-30T23:59:59Z')).toBe(2_000_000_000n as never)
    expect(at('2026-12-01T00:00:00Z')).toBe(4_000_000_000n as never)
  })

  test('mistakes in fees, tiers and times are named', () => {
    const wrong = [
      { price: { input: '1', per_image: 0.04 } },
      { price: { input: '1', service_tiers: { flex: 'half' } } },
      { price: { input: '1', service_tiers: { Flex: '0.5' } } },
      { price: { input: '1' }, price_changes: [{ from: 'tomorrow', input: '1' }] },
    ]
    const paths = wrong.map((entry) => {
      const result = read(file({ m: { provider: 'x', ...entry } }))
      return result.ok ? 'none' : result.error[0]?.path
    })
    expect(paths).toEqual([
      'models.m.price.per_image',
      'models.m.price.service_tiers.flex',
      'models.m.price.service_tiers.Flex',
      'models.m.price_changes.0.from',
    ])
  })

  test('reports every mistake at once, each with its path', () => {
    const result = read(
      file({
        a: { provider: 'x', price: { input: 3, output: '15' } },
        b: { provider: 'x', type: 'chats', context_window: -1, price: { output: '1' } },
        c: { price: { input: '0.0000000001' }, multiplier: '-1', colour: 'red' },
      }),
    )
    const paths = result.ok ? [] : result.error.map((mistake) => mistake.path)
    for (const path of [
      'a.price.input',
      'b.type',
      'b.context_window',
      'b.price.input',
      'c.provider',
      'c.price.input',
      'c.multiplier',
    ]) {
      expect(paths).toContain(`models.${path}`)
    }
    expect(result.ok ? '' : JSON.stringify(result.error)).toContain('colour')
  })

  test('text that is not JSON is a mistake, not a crash', () => {
    expect(read('{').ok).toBe(false)
    expect(read('[]').ok).toBe(false)
  })
})
