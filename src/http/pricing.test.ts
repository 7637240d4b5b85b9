import { describe, expect, test } from 'bun:test'
import type { Model } from '../canon/model.ts'
import { multiply } from '../metering/charge.ts'
import { builtInCatalogue } from '../providers/built-in.ts'
import { createCatalogue } from '../providers/catalogue.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import type { ProviderKind } from '../providers/types.ts'
import { plainKeys } from '../routing/provider-keys.ts'
import type { Channel } from '../routing/types.ts'
import { formatUsd, ONE, partsPerMillion } from '../units.ts'
import { createPublicPricing, exampleNamesOf, type PricingDeps, publicModelsOf } from './pricing.ts'
import { renderPricesPage } from './pricing-page.ts'

const NOW_MS = Date.UTC(2026, 10, 21)

const kindOf = (name: string): ProviderKind => {
  const found = PROVIDER_KINDS[name]
  if (!found) throw new Error(`no kind ${name}`)
  return found
}

const channelOf = (
  id: string,
  kind: string,
  models: readonly string[] | null,
  more: Partial<Channel> = {},
): Channel => ({
  id,
  provider: {
    id,
    kind: kindOf(kind),
    baseUrl: 'https://vendor.invalid',
    keys: plainKeys('secret-of-the-operator'),
    timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 },
    proxy: null,
    costMultiplier: ONE,
    formats: [],
  },
  groups: new Set(['default']),
  models: models && new Set(models),
  modelMap: {},
  priority: 0,
  weight: 1,
  ...more,
})

const aliases = new Map([['house/smart', 'claude-sonnet-4-6']])
const retired = new Map([['claude-haiku-4-5', 'claude-sonnet-4-6']])
const catalogue = createCatalogue({
  builtIn: builtInCatalogue(),
  aliases: Object.fromEntries(aliases),
  retired: Object.fromEntries(retired),
})

const deps: PricingDeps = {
  catalogue,
  channels: [
    channelOf('claude', 'anthropic', ['claude-sonnet-4-6', 'claude-haiku-4-5']),
    channelOf('secret', 'openai', ['gpt-5-mini'], { groups: new Set(['team']) }),
    channelOf('demo', 'demo', null),
  ],
  aliases,
  retired,
  plans: new Map([['pro', { discount: partsPerMillion(700_000n) }]]),
  groupMultiplier: partsPerMillion(1_100_000n),
  nowMs: () => NOW_MS,
}

const modelOf = (id: string): Model => {
  const found = catalogue.find(id)
  if (!found) throw new Error(`no ${id}`)
  return found
}

describe('the public list', () => {
  const listed = publicModelsOf(deps)
  const sonnet = listed.data.find(({ id }) => id === 'claude-sonnet-4-6')

  test('has what group default is served, and neither what other groups are nor what is retired', () => {
    expect(listed.data.map(({ id }) => id)).toEqual(expect.arrayContaining(['claude-sonnet-4-6', 'demo']))
    expect(listed.data.filter(({ id }) => ['gpt-5-mini', 'claude-haiku-4-5'].includes(id))).toEqual([])
    expect(listed.retired).toEqual([{ id: 'claude-haiku-4-5', successor: 'claude-sonnet-4-6' }])
  })

  test('names aliases, and no provider, channel, group or key', () => {
    expect(sonnet?.aliases).toEqual(['house/smart'])
    expect(JSON.stringify(listed)).not.toMatch(/secret|"channel|team|vendor\.invalid/)
  })

  test('prices are exact, and each plan’s own as they are billed', () => {
    const prices = catalogue.priceAt(modelOf('claude-sonnet-4-6'), NOW_MS)?.prices
    if (!prices) throw new Error('no price')
    expect(sonnet?.pricing).toMatchObject({ input: '3', output: '15' })
    const paid = (discount: bigint) =>
      formatUsd(
        multiply(prices.input * 1_000_000n, {
          user: ONE,
          model: ONE,
          group: partsPerMillion(1_100_000n),
          planDiscount: partsPerMillion(discount),
        }),
      ).replace(/\.?0+$/, '')
    expect(sonnet?.own_pricing.map(({ plan, pricing }) => [plan, (pricing as { input: string }).input])).toEqual([
      [null, paid(0n)],
      ['pro', paid(700_000n)],
    ])
    expect(paid(700_000n)).toBe('0.99')
  })

  test('is worked out for everybody at once, or for nobody', () => {
    let asked = 0
    const counting = { ...deps, nowMs: () => NOW_MS + asked++ }
    const open = createPublicPricing(counting, { isPublic: true, exampleModel: null })
    expect(open.models()).toBe(open.models())
    expect(createPublicPricing(deps, { isPublic: false, exampleModel: null }).models()).toBeUndefined()
  })

  test('as a page it has a table for list prices and one for each plan', () => {
    const page = renderPricesPage(listed)
    expect(page).toContain('## List prices')
    expect(page).toContain('## With plan pro')
    expect(page).toMatch(/\| `claude-sonnet-4-6` \| anthropic \| chat \| [\d,]+ \| 3 \| 0\.3 \| 3\.75 \| 15 \|/)
    expect(page).toContain('| `house/smart` | another name of `claude-sonnet-4-6` |')
    expect(page).toContain('| `claude-haiku-4-5` | retired; use `claude-sonnet-4-6` |')
  })
})

describe('names for examples', () => {
  test('are of models that are served, the newest of each kind', () => {
    expect(exampleNamesOf(deps, null)).toEqual({
      model: 'claude-sonnet-4-6',
      alias: 'house/smart',
      embedding_model: 'demo-embedding',
      image_model: 'demo-image',
      speech_model: 'demo-speech',
      transcription_model: 'demo-transcription',
    })
  })

  test('are the operator’s own where one is configured', () => {
    expect(exampleNamesOf(deps, 'house/smart').model).toBe('house/smart')
  })

  test('are words that nobody takes for names where nothing is served', () => {
    expect(exampleNamesOf({ ...deps, channels: [], aliases: new Map() }, null)).toMatchObject({ model: 'MODEL' })
  })
})
