import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { WIRE_FORMATS } from '../canon/operation.ts'
import type { Receipt } from '../canon/receipt.ts'
import type { NanoUsd, NanoUsdPerMtok, PartsPerMillion, Tokens } from '../units.ts'
import { readReceipt, writeHeading, writeParticulars } from './receipt-json.ts'

const text = fc.string({ unit: 'binary', maxLength: 30 }).map((value) => value.replaceAll('\0', ' '))
const whole = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n })
const amount = whole as fc.Arbitrary<NanoUsd>
const price = whole as unknown as fc.Arbitrary<NanoUsdPerMtok>
const maybePrice = fc.option(price, { nil: undefined })
const factor = whole as unknown as fc.Arbitrary<PartsPerMillion>
const count = fc.nat() as unknown as fc.Arbitrary<Tokens>

/** Only what JSON can say: −0 and absent fields are not among it. */
const json = fc
  .jsonValue()
  .map((value) => JSON.stringify(value))
  .filter((value) => !value.includes('\\u0000'))
  .map((value) => JSON.parse(value) as unknown)

const units = fc.record(
  { images: fc.nat(), inputSeconds: fc.nat(), outputSeconds: fc.nat(), characters: fc.nat(), webSearches: fc.nat() },
  { requiredKeys: [] },
)
const unitPrices = fc.record({ request: amount, images: amount, webSearches: amount }, { requiredKeys: [] })

const receipts: fc.Arbitrary<Receipt> = fc.record({
  requestId: text,
  atMs: fc.nat(),
  userId: text,
  keyId: text,
  projectId: fc.option(text),
  group: text,
  clientFormat: fc.constantFrom(...WIRE_FORMATS),
  upstreamFormat: fc.constantFrom(...WIRE_FORMATS),
  action: text,
  modelRequested: text,
  modelServed: text,
  provider: text,
  channel: text,
  attempts: fc.array(fc.record({ channel: text, status: fc.nat(599), error: fc.option(text), ms: fc.nat() })),
  status: fc.nat(599),
  stream: fc.boolean(),
  ended: fc.constantFrom('whole', 'client_cut', 'upstream_cut', 'failed', 'abandoned'),
  usage: fc.record({
    input: count,
    inputAudio: count,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite1h: count,
    output: count,
    outputAudio: count,
    reasoning: count,
    units,
  }),
  usageSource: fc.constantFrom('upstream', 'estimated'),
  rawUsage: fc.option(json, { nil: undefined }),
  prices: fc.record({
    input: price,
    output: maybePrice,
    cacheRead: price,
    cacheWrite5m: price,
    cacheWrite1h: price,
    inputAudio: maybePrice,
    outputAudio: maybePrice,
    units: unitPrices,
  }),
  serviceTier: text,
  multipliers: fc.record({ user: factor, model: factor, group: factor, planDiscount: factor }),
  quote: amount,
  cost: amount,
  uncollected: amount,
  latencyMs: fc.nat(),
  ttftMs: fc.option(fc.nat()),
  overheadMs: fc.nat(),
  warnings: fc.array(text),
})

const columnsOf = ({ requestId, atMs, userId, keyId, status, ended, cost }: Receipt) => ({
  requestId,
  atMs,
  userId,
  keyId,
  status,
  ended,
  cost,
})

test('a receipt reads back exactly as it was written', () => {
  const roundTrips = fc.property(receipts, (receipt) =>
    expect(readReceipt(columnsOf(receipt), writeHeading(receipt), writeParticulars(receipt))).toStrictEqual(receipt),
  )
  fc.assert(roundTrips, { seed: 20_261_121, numRuns: 300 })
})

test.each([
  ['a NUL', 'a\0b', 'a\ufffdb'],
  ['half a surrogate pair', '\ud800x\udfff', '\ufffdx\ufffd'],
  ['one behind backslashes', '\\\\\0', '\\\\\ufffd'],
  ['two in a row', '\0\0', '\ufffd\ufffd'],
  ['the text of an escape, which is none', '\\u0000\\\\ud800', '\\u0000\\\\ud800'],
  ['a whole pair', '😀', '😀'],
])('%s in a text of a receipt is kept as every database can read it', (_, written, kept) => {
  const [receipt] = fc.sample(receipts, { seed: 20_261_121, numRuns: 1 })
  if (!receipt) throw new Error('no receipt')
  const hostile = { ...receipt, rawUsage: { [written]: [written] }, warnings: [written] }
  const read = readReceipt(columnsOf(hostile), writeHeading(hostile), writeParticulars(hostile))
  expect(read).toStrictEqual({ ...hostile, rawUsage: { [kept]: [kept] }, warnings: [kept] })
})
