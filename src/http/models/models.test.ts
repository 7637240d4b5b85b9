import { describe, expect, test } from 'bun:test'
import type { Model } from '../../canon/model.ts'
import { completePrices } from '../../providers/prices.ts'
import { ONE, partsPerMillion } from '../../units.ts'
import { renderAnthropicModels } from './anthropic.ts'
import { renderGeminiModel, renderGeminiModels } from './gemini.ts'
import type { ListedModel } from './listed.ts'
import { renderOpenAiModel, renderOpenAiModels } from './openai.ts'

const unstated = {
  cacheRead: undefined,
  cacheWrite5m: undefined,
  cacheWrite1h: undefined,
  inputAudio: undefined,
  outputAudio: undefined,
}

const listed = (id: string, vendor: string, more: Partial<Model> = {}): ListedModel => ({
  model: {
    id,
    vendor,
    type: 'chat',
    displayName: id.toUpperCase(),
    contextWindow: 200_000,
    maxOutputTokens: 64_000,
    multiplier: ONE,
    capabilities: ['images', 'streaming'],
    createdAt: 0,
    priceVersions: [],
    ...more,
  },
  prices: {
    effectiveFromMs: 0,
    prices: completePrices({ input: 3_000_000_000n, output: 15_000_000_000n, ...unstated }),
    tiers: [],
  },
})

const sonnet = listed('claude-sonnet', 'anthropic', { createdAt: 1_771_286_400 })
const flash = listed('gemini-flash', 'google')
const vectors: ListedModel = {
  ...listed('vectors', 'openai', { type: 'embedding', maxOutputTokens: undefined, contextWindow: undefined }),
  prices: undefined,
}
const all = [sonnet, flash, vectors]
const query = (text: string) => new URLSearchParams(text)

interface Page {
  data?: { id: string }[]
  models?: { name: string }[]
  has_more?: boolean
  first_id?: string | null
  last_id?: string | null
  nextPageToken?: string
}

const page = (result: { ok: boolean; value?: unknown }): Page => {
  expect(result.ok).toBe(true)
  return result.value as Page
}

describe('the OpenAI list', () => {
  test('gives prices as decimal strings in USD per million tokens', () => {
    expect(renderOpenAiModel(sonnet)).toEqual({
      id: 'claude-sonnet',
      object: 'model',
      created: 1_771_286_400,
      owned_by: 'anthropic',
      provider: 'anthropic',
      type: 'chat',
      display_name: 'CLAUDE-SONNET',
      context_window: 200_000,
      max_output_tokens: 64_000,
      capabilities: ['images', 'streaming'],
      pricing: { input: '3', output: '15', cache_read: '0.3', cache_write_5m: '3.75', cache_write_1h: '6' },
      pricing_unit: 'usd_per_million_tokens',
    })
  })

  test('says beside the list price what who asks pays of it, every factor included', () => {
    const multipliers = {
      user: partsPerMillion(900_000n),
      model: ONE,
      group: partsPerMillion(1_100_000n),
      planDiscount: partsPerMillion(700_000n),
    }
    expect(renderOpenAiModel({ ...sonnet, multipliers })).toMatchObject({
      pricing: { input: '3', output: '15' },
      your_pricing: {
        input: '0.891',
        output: '4.455',
        cache_read: '0.0891',
        cache_write_5m: '1.11375',
        cache_write_1h: '1.782',
      },
    })
  })

  test('says null where a price or a limit is not known, never zero', () => {
    expect(renderOpenAiModel(vectors)).toMatchObject({ pricing: null, context_window: null, max_output_tokens: null })
  })

  const filters: readonly [string, readonly string[]][] = [
    ['', ['claude-sonnet', 'gemini-flash', 'vectors']],
    ['provider=google', ['gemini-flash']],
    ['provider=Gemini', ['gemini-flash']],
    ['type=embedding', ['vectors']],
    ['provider=anthropic&type=embedding', []],
    ['provider=nobody', []],
  ]
  test.each(filters)('"%s" selects %p', (text, ids) => {
    expect(page(renderOpenAiModels(all, query(text))).data?.map(({ id }) => id)).toEqual([...ids])
  })

  test('an unknown type is refused, naming the field', () => {
    const result = renderOpenAiModels(all, query('type=chats'))
    expect(result.ok ? undefined : result.error.param).toBe('type')
  })
})

describe('the Anthropic list', () => {
  test('has the newest first and the official fields', () => {
    const { data, ...rest } = page(renderAnthropicModels(all, query('')))
    expect(rest).toEqual({ has_more: false, first_id: 'claude-sonnet', last_id: 'vectors' })
    expect(data?.[0]).toMatchObject({
      type: 'model',
      display_name: 'CLAUDE-SONNET',
      created_at: '2026-02-17T00:00:00Z',
      max_input_tokens: 200_000,
      max_tokens: 64_000,
      capabilities: { image_input: { supported: true }, thinking: { supported: false } },
    } as never)
  })

  const pages: readonly [string, readonly string[], boolean][] = [
    ['limit=1', ['claude-sonnet'], true],
    ['limit=1&after_id=claude-sonnet', ['gemini-flash'], true],
    ['limit=5&after_id=gemini-flash', ['vectors'], false],
    ['limit=1&before_id=vectors', ['gemini-flash'], true],
    ['before_id=gemini-flash', ['claude-sonnet'], false],
    ['after_id=vectors', [], false],
  ]
  test.each(pages)('%s gives %p', (text, ids, hasMore) => {
    const got = page(renderAnthropicModels(all, query(text)))
    expect(got.data?.map(({ id }) => id)).toEqual([...ids])
    expect(got.has_more).toBe(hasMore)
  })

  const refused = ['limit=0', 'limit=1001', 'limit=x', 'after_id=nobody', 'after_id=vectors&before_id=vectors']
  test.each(refused)('%s is refused', (text) => {
    const result = renderAnthropicModels(all, query(text))
    expect(result.ok ? undefined : result.error.kind).toBe('invalid-request')
  })
})

describe('the Gemini list', () => {
  test('walks all models page by page, each once', () => {
    const seen: string[] = []
    let token = ''
    do {
      const got = page(renderGeminiModels(all, query(`pageSize=2&pageToken=${token}`)))
      seen.push(...(got.models ?? []).map(({ name }) => name))
      token = got.nextPageToken ?? ''
    } while (token !== '')
    expect(seen).toEqual(['models/claude-sonnet', 'models/gemini-flash', 'models/vectors'])
  })

  test('names the methods a model has', () => {
    expect(renderGeminiModel(flash)).toMatchObject({
      name: 'models/gemini-flash',
      inputTokenLimit: 200_000,
      outputTokenLimit: 64_000,
      supportedGenerationMethods: ['generateContent', 'countTokens'],
    } as never)
    expect(renderGeminiModel(vectors)).toMatchObject({
      supportedGenerationMethods: ['embedContent', 'countTokens'],
    } as never)
    expect(renderGeminiModel(vectors)).not.toHaveProperty('inputTokenLimit')
  })

  test('a page size or token that makes no sense is refused', () => {
    for (const text of ['pageSize=-1', 'pageSize=x', 'pageToken=%00']) {
      expect(renderGeminiModels(all, query(text)).ok).toBe(false)
    }
  })
})
