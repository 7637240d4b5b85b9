import { describe, expect, test } from 'bun:test'
import type { PriceVersion } from '../canon/price.ts'
import { NO_USAGE } from '../canon/usage.ts'
import { completePrices } from '../providers/prices.ts'
import { nanoUsd, ONE, partsPerMillion, tokens } from '../units.ts'
import { createPricing, type PricingDeps } from './pricing.ts'
import { callOf, candidateOf, envelopeOf, PRINCIPAL, usageOf } from './test-parts.ts'

const none = { cacheRead: undefined, cacheWrite5m: undefined, cacheWrite1h: undefined, inputAudio: undefined }
const pricesOf = (usd: bigint) =>
  completePrices({ ...none, input: usd * 1_000_000_000n, output: usd * 1_000_000_000n, outputAudio: undefined })
const table = (usd: bigint) => ({ prices: pricesOf(usd), tiers: [] })

const DAY_MS = 86_400_000
const versions: readonly PriceVersion[] = [
  { effectiveFromMs: 0, ...table(2n), serviceTiers: { flex: table(1n), priority: table(5n) } },
  { effectiveFromMs: DAY_MS, ...table(3n) },
]

const DEPS: PricingDeps = {
  priceAt: (_model, atMs) => versions.findLast(({ effectiveFromMs }) => effectiveFromMs <= atMs),
  groupMultiplier: () => ONE,
  marksForAnHour: () => false,
  planDiscount: () => partsPerMillion(0n),
  sendsTier: () => true,
}
const pricingOf = (known: readonly PriceVersion[] = versions) =>
  createPricing({
    ...DEPS,
    priceAt: (_model, atMs) => known.findLast(({ effectiveFromMs }) => effectiveFromMs <= atMs),
  })
const candidate = candidateOf()
const thousand = usageOf(1_000, 0)

describe('prices change', () => {
  test('a request is billed at the prices of the moment it came in, whenever it ends', () => {
    const pricing = pricingOf()
    const billed = (atMs: number) => pricing.charge(thousand, PRINCIPAL, candidate, atMs)
    expect([DAY_MS - 1, DAY_MS].map(billed)).toEqual([nanoUsd(2_000_000n), nanoUsd(3_000_000n)])
    expect(pricing.terms(thousand, PRINCIPAL, candidate, DAY_MS - 1).prices).toBe(versions[0]?.prices as never)
  })

  test('what is written on a receipt is untouched by a later catalogue', () => {
    const before = pricingOf().terms(thousand, PRINCIPAL, candidate, DAY_MS)
    const written = structuredClone(before)
    pricingOf([{ effectiveFromMs: 0, ...table(9n) }]).terms(thousand, PRINCIPAL, candidate, DAY_MS)
    expect(before).toEqual(written)
  })
})

describe('a tier of service', () => {
  const pricing = pricingOf()
  test.each([
    [undefined, 2_000_000n],
    ['flex', 1_000_000n],
    ['priority', 5_000_000n],
    ['unheard_of', 5_000_000n],
  ])('%p is billed at its own price, and the receipt names it', (tier, cost) => {
    expect(pricing.charge(thousand, PRINCIPAL, candidate, 0, tier)).toBe(nanoUsd(cost))
    expect(pricing.terms(thousand, PRINCIPAL, candidate, 0, tier).serviceTier).toBe(tier as string)
  })

  const quoted = (body: string) => {
    const quote = pricing.quote({ ...callOf(), startedAtMs: 0 }, envelopeOf(body), PRINCIPAL, candidate)
    return quote.ok ? quote.value.amount : quote.error.message
  }
  test('that a body asks for is held at the dearest it may be served at', () => {
    const plain = quoted('{"model":"m1","service_tier":"default","messages":[]}')
    const dear = quoted('{"model":"m1","service_tier":"priority","messages":[]}')
    const cheap = quoted('{"model":"m1","service_tier":"flex","messages":[]}')
    expect(Number(dear) / Number(plain)).toBeGreaterThan(2)
    // A vendor may serve at the standard tier what it has no room for in a cheaper one.
    expect(Math.abs(Number(cheap) / Number(plain) - 1)).toBeLessThan(0.01)
  })
})

test('a tool that fetches pages is held as a document at an address is', () => {
  const amount = (tools: string) => {
    const envelope = envelopeOf(`{"model":"m1","max_tokens":1,"messages":[],"tools":${tools}}`)
    const quote = pricingOf().quote({ ...callOf(), startedAtMs: 0 }, envelope, PRINCIPAL, candidateOf('anthropic'))
    if (!quote.ok) throw new Error(quote.error.message)
    return quote.value.amount
  }
  const pdf = amount('[{"type":"document","source":{"type":"url","url":"https://a.test/b.pdf"}}]')
  expect(amount('[{"type":"web_fetch_20250910","name":"web_fetch"}]')).toBe(pdf)
  expect(Number(amount('[{"name":"web_fetch","input_schema":{}}]'))).toBeLessThan(Number(pdf) / 10)
})

test('a tier that only a translation could send is held where the candidate is sent one, and at no other', () => {
  const amount = (body: string, sendsTier: boolean, to = candidateOf('anthropic')) => {
    const pricing = createPricing({ ...DEPS, sendsTier: () => sendsTier })
    const quote = pricing.quote({ ...callOf(), startedAtMs: 0 }, envelopeOf(body), PRINCIPAL, to)
    return quote.ok ? quote.value.amount : quote.error.message
  }
  const plain = '{"model":"m1","service_tier":"default0","messages":[]}'
  const dear = '{"model":"m1","service_tier":"priority","messages":[]}'
  const gemini = { ...candidateOf('gemini'), upstreamFormat: 'gemini' as const }
  expect(amount(dear, true)).toBe(amount(plain, true))
  expect(amount(dear, false, gemini)).toBe(amount(plain, false, gemini))
  expect(Number(amount(dear, true, gemini)) / Number(amount(plain, true, gemini))).toBeGreaterThan(2)
})

test('searches of the web are held where the body allows them and the upstream bills them', () => {
  const claude = candidateOf('anthropic')
  const body = (tools: string) => envelopeOf(`{"model":"m1","max_tokens":1,"messages":[],"tools":${tools}}`)
  const amount = (tools: string, to = claude) => {
    const quote = pricingOf().quote({ ...callOf(), startedAtMs: 0 }, body(tools), PRINCIPAL, to)
    if (!quote.ok) throw new Error(quote.error.message)
    return quote.value.amount
  }
  const search = '[{"type":"web_search_20250305","name":"web_search"}]'
  const other = search.replaceAll('web_search', 'not_search')
  expect(amount(search) - amount(other)).toBe(100_000_000n)
  expect(amount(search, candidate)).toBe(amount(other, candidate))
  const responses = { ...candidateOf('openai'), upstreamFormat: 'openai-responses' as const }
  expect(amount('[{"type":"web_search"}]', responses) - amount('[{"type":"not_search"}]', responses)).toBe(100_000_000n)
  const gemini = { ...candidateOf('gemini'), upstreamFormat: 'gemini' as const }
  for (const tool of ['googleSearch', 'google_search'])
    expect(amount(`[{"${tool}":{}}]`, gemini) - amount(`[{"${'x'.repeat(tool.length)}":{}}]`, gemini)).toBe(
      100_000_000n,
    )
  expect(pricingOf().charge({ ...NO_USAGE, input: tokens(0), units: { webSearches: 1 } }, PRINCIPAL, claude, 0)).toBe(
    nanoUsd(10_000_000n),
  )
})
