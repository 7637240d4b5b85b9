import { describe, expect, test } from 'bun:test'
import type { Model } from '../../src/canon/model.ts'
import type { Multipliers, Prices } from '../../src/canon/price.ts'
import { NO_USAGE, type Usage } from '../../src/canon/usage.ts'
import { charge } from '../../src/metering/charge.ts'
import { quote } from '../../src/metering/quote.ts'
import { formatUsd, ONE, parsePartsPerMillion, parseUsdPerMtok, tokens } from '../../src/units.ts'
import { documents, readDocument, section, tableRows } from './documents.ts'

interface Shown {
  readonly usage: Readonly<Record<string, number>>
  readonly prices: Readonly<Record<string, string>>
  readonly multipliers: Readonly<Record<string, string>>
  readonly quote_usd: string
  readonly cost_usd: string
}

/** Every receipt, or part of one, that the documents show. */
const receipts = documents.flatMap(({ path, fences }) =>
  fences
    .filter(({ language, text }) => language === 'json' && text.includes('"multipliers"'))
    .map(({ text, line }) => ({ where: `${path}:${line}`, receipt: JSON.parse(text) as Shown })),
)

const priceOf = (text: string | undefined) => {
  const price = parseUsdPerMtok(text ?? '')
  if (price === undefined) throw new Error(`${text} is no price`)
  return price
}

const partsOf = (text: string | undefined) => {
  const parts = parsePartsPerMillion(text ?? '')
  if (parts === undefined) throw new Error(`${text} is no factor`)
  return parts
}

const pricesOf = ({ prices }: Shown): Prices => ({
  input: priceOf(prices.input),
  output: priceOf(prices.output),
  cacheRead: priceOf(prices.cache_read),
  cacheWrite5m: priceOf(prices.cache_write_5m),
  cacheWrite1h: priceOf(prices.cache_write_1h),
  inputAudio: undefined,
  outputAudio: undefined,
})

const usageOf = ({ usage }: Shown): Usage => ({
  ...NO_USAGE,
  input: tokens(usage.input ?? 0),
  cacheRead: tokens(usage.cache_read ?? 0),
  cacheWrite5m: tokens(usage.cache_write_5m ?? 0),
  cacheWrite1h: tokens(usage.cache_write_1h ?? 0),
  output: tokens(usage.output ?? 0),
  reasoning: tokens(usage.reasoning ?? 0),
})

const multipliersOf = ({ multipliers }: Shown): Multipliers => ({
  user: partsOf(multipliers.user),
  model: partsOf(multipliers.model),
  group: partsOf(multipliers.group),
  planDiscount: partsOf(multipliers.plan_discount),
})

const versionOf = (receipt: Shown) => ({ effectiveFromMs: 0, prices: pricesOf(receipt), tiers: [] })

test('every receipt in the documents costs what its usage, prices and multipliers come to', () => {
  expect(receipts.length).toBeGreaterThan(1)
  for (const { where, receipt } of receipts) {
    const cost = charge(usageOf(receipt), versionOf(receipt), multipliersOf(receipt))
    expect([where, cost.ok && formatUsd(cost.value)]).toEqual([where, receipt.cost_usd])
  }
})

/** `25,872,905.625` in thousandths. */
const thousandths = (text: string | undefined): bigint => {
  const [whole = '', fraction = ''] = (text ?? '').replaceAll(',', '').split('.')
  return BigInt(whole) * 1_000n + BigInt(fraction.padEnd(3, '0'))
}

const tableOf = (name: string) =>
  tableRows(section(readDocument('docs/billing.md'), `example: ${name}`)).map(
    ([label = '', count = '', price = '', product = '']) => ({
      label,
      count: BigInt(count.replaceAll(',', '') || 0),
      price,
      product: thousandths(product),
    }),
  )

describe('the worked example', () => {
  const example = receipts.find(({ where }) => where.startsWith('docs/billing.md'))?.receipt
  if (!example) throw new Error('docs/billing.md shows no receipt')

  for (const name of ['charge', 'quote']) {
    test(`adds up line by line: ${name}`, () => {
      const rows = tableOf(name)
      const priced = rows.filter(({ price }) => price !== '')
      for (const { label, count, price, product } of priced) {
        expect([label, (count * priceOf(price)) / 1_000n]).toEqual([label, product])
      }
      const together = rows.find(({ label }) => label === 'together')?.product
      expect(together).toBe(priced.reduce((sum, { product }) => sum + product, 0n))
      const multiplied = rows.find(({ label }) => label.startsWith('×'))?.product
      expect(multiplied).toBe(((together ?? 0n) * 950n * 875n) / 1_000_000n)
    })
  }

  test('shows in its table what it shows in its receipt', () => {
    const rows = tableOf('charge')
    const buckets = rows.filter(({ price }) => price !== '')
    expect(Object.fromEntries(buckets.map(({ label, count }) => [label.replaceAll('`', ''), Number(count)]))).toEqual(
      Object.fromEntries(Object.entries(example.usage).filter(([bucket]) => bucket !== 'reasoning')),
    )
    for (const { label, price } of buckets)
      expect(priceOf(price)).toBe(priceOf(example.prices[label.replaceAll('`', '')]))
    expect(formatUsd((rows.at(-1)?.product ?? 0n) / 1_000n)).toBe(example.cost_usd)
  })

  test('quotes what the gateway would', () => {
    const model: Model = {
      id: 'example',
      vendor: 'example',
      type: 'chat',
      displayName: 'Example',
      contextWindow: 200_000,
      maxOutputTokens: 64_000,
      multiplier: ONE,
      capabilities: [],
      createdAt: 0,
      priceVersions: [],
    }
    const quoted = quote({
      action: 'generate',
      textBytes: 84_000,
      mediaCount: 0,
      mediaBytes: 0,
      refersToStored: false,
      bodyHas1hCache: false,
      outputTokensLimit: 4_096,
      choices: 1,
      model,
      prices: versionOf(example),
      multipliers: multipliersOf(example),
    })
    if (!quoted.ok) throw new Error(quoted.error.message)
    expect(formatUsd(quoted.value.cost)).toBe(example.quote_usd)
    const [input, output] = tableOf('quote')
    expect([input?.count, output?.count]).toEqual([
      BigInt(quoted.value.inputTokensMax),
      BigInt(quoted.value.outputTokensMax),
    ])
  })
})
