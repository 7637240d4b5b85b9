import { describe, expect, test } from 'bun:test'
import type { UpstreamFormat, WireFormat } from '../canon/operation.ts'
import type { PriceVersion } from '../canon/price.ts'
import { NO_USAGE, type Units } from '../canon/usage.ts'
import { completePrices } from '../providers/prices.ts'
import { nanoUsd, nanoUsdPerMtok, ONE, partsPerMillion } from '../units.ts'
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
  imageModel: () => undefined,
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

/** What a request with these tools is held for, in nano-dollars above one with a function of its client's. */
const heldFor = (format: WireFormat, tools: string, upstreamFormat: UpstreamFormat = format) => {
  const image = {
    ...table(0n),
    prices: { ...pricesOf(40n), input: nanoUsdPerMtok(10_000_000_000n) },
    effectiveFromMs: 0,
  }
  const imageModel = { ...candidate.model, id: 'image-1' }
  const pricing = createPricing({
    ...DEPS,
    priceAt: (model) => (model === imageModel ? image : versions[0]),
    imageModel: (name) => (name === undefined || name === 'image-1' ? imageModel : undefined),
  })
  const amount = (declared: string) => {
    const envelope = envelopeOf(`{"model":"m1","max_tokens":1,"messages":[],"tools":${declared}}`)
    const call = { ...callOf(), operation: { ...callOf().operation, format }, startedAtMs: 0 }
    return pricing.quote(call, envelope, PRINCIPAL, { ...candidate, upstreamFormat })
  }
  // As long as the tools in question, for every byte is held for.
  const empty = format === 'gemini' ? '[{"functionDeclarations":[]}]' : '[{"type":"custom"}]'
  const [plain, asked] = [amount(empty.padEnd(tools.length)), amount(tools.padEnd(empty.length))]
  if (!plain.ok) throw new Error(plain.error.message)
  return asked.ok ? asked.value.amount - plain.value.amount : asked.error.kind
}

const WINDOW = 100_000n * 2_500n
const held: readonly (readonly [WireFormat, string, bigint | string])[] = [
  ['anthropic-messages', '[{"type":"web_search_20250305","name":"web_search"}]', 100_000_000n],
  ['openai-responses', '[{"type":"web_search"}]', 100_000_000n],
  ['gemini', '[{"googleSearch":{}}]', 100_000_000n],
  ['gemini', '[{"google_search":{}}]', 100_000_000n],
  ['gemini', '[{"retrieval":{"vertexAiSearch":{}}}]', 'unknown-model-pricing'],
  // Twice 4,160 tokens by half as much again for the largest size; 8,000 bytes and 512 tokens taken in.
  ['openai-responses', '[{"type":"image_generation"}]', 12_480n * 40_000n + 4_512n * 10_000n],
  ['openai-responses', '[{"type":"image_generation","model":"image-1"}]', 12_480n * 40_000n + 4_512n * 10_000n],
  [
    'openai-responses',
    '[{"type":"image_generation","size":"1024x1024","quality":"low","partial_images":2}]',
    (272n * 2n + 200n) * 40_000n + 4_512n * 10_000n,
  ],
  ['openai-responses', '[{"type":"image_generation","model":"image-99"}]', 'unknown-model-pricing'],
]
test.each(held)('%s: %s is held for', (format, tools, amount) => {
  expect(heldFor(format, tools)).toBe(amount as bigint)
})

const reading: readonly (readonly [WireFormat, string, bigint])[] = [
  ['openai-responses', '[{"type":"mcp","server_url":"https://a.test"}]', 0n],
  ['openai-responses', '[{"type":"file_search","vector_store_ids":["vs_1"]}]', 25_000_000n],
  ['openai-responses', '[{"type":"code_interpreter","container":{"type":"auto"}}]', 30_000_000n],
  ['anthropic-messages', '[{"type":"code_execution_20250825","name":"code_execution"}]', 0n],
  ['gemini', '[{"fileSearch":{}}]', 0n],
]
test.each(reading)('%s: %s is held for the whole window, and its fee', (format, tools, fee) => {
  const above = heldFor(format, tools)
  // Less what the body is held for anyway.
  expect(Number(above)).toBeGreaterThan(Number((WINDOW * 99n) / 100n + fee))
  expect(Number(above)).toBeLessThanOrEqual(Number(WINDOW + fee))
})

test('a tool is held for only where the answers tell that it was used', () => {
  expect(heldFor('openai-chat', '[{"type":"web_search_preview"}]')).toBe(0n)
  expect(heldFor('openai-responses', '[{"type":"image_generation"}]', 'openai-chat')).toBe(0n)
})

const used: readonly (readonly [Units, bigint])[] = [
  [{ webSearches: 1 }, 10_000_000n],
  [{ fileSearches: 3 }, 7_500_000n],
  [{ codeSessions: 2 }, 60_000_000n],
  [{ imageInput: 50, imageOutput: 4_160 }, 50n * 10_000n + 4_160n * 40_000n],
]
test.each(used)('%p of a tool that nobody priced for the model has the price of who sells it', (units, cost) => {
  expect(pricingOf().charge({ ...NO_USAGE, units }, PRINCIPAL, candidate, 0)).toBe(nanoUsd(cost))
})

test('images that a tool made are billed at the prices of the model that it names', () => {
  const mini = { ...candidate.model, id: 'mini' }
  const pricing = createPricing({
    ...DEPS,
    priceAt: (model) => (model === mini ? { effectiveFromMs: 0, ...table(8n) } : versions[0]),
    imageModel: (name) => (name === 'mini' ? mini : undefined),
  })
  const usage = { ...NO_USAGE, units: { imageInput: 10, imageOutput: 1_000 } }
  const envelope = envelopeOf('{"model":"m1","messages":[],"tools":[{"type":"image_generation","model":"mini"}]}')
  expect(pricing.charge(usage, PRINCIPAL, candidate, 0, undefined, envelope)).toBe(nanoUsd(1_010n * 8_000n))
  const { prices } = pricing.terms(usage, PRINCIPAL, candidate, 0, undefined, envelope)
  expect(prices.units).toEqual({ imageInput: nanoUsd(8_000_000_000n), imageOutput: nanoUsd(8_000_000_000n) })
})
