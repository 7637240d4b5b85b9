import { expect, test } from 'bun:test'
import { type Heading, readHeading } from '../db/receipt-json.ts'
import { ONE, partsPerMillion } from '../units.ts'
import { receiptOf } from './fixture.ts'
import { Headings } from './headings.ts'

const RECEIPT: Heading = receiptOf({ userId: 'u', keyId: 'k' }, 'req_1')

test('headings that say the same are one, also where another was guessed', () => {
  const headings = new Headings(10)
  const first = headings.find(RECEIPT, undefined)
  const other = headings.find({ ...RECEIPT, group: 'vip' }, first)
  const same = { ...RECEIPT, multipliers: { ...RECEIPT.multipliers } }
  for (const guess of [undefined, first, other]) expect(headings.find(same, guess)).toBe(first)
})

test.each<[string, Partial<Heading>]>([
  ['project', { projectId: 'p' }],
  ['project of no name', { projectId: '' }],
  ['group', { group: 'vip' }],
  ['client format', { clientFormat: 'gemini' }],
  ['upstream format', { upstreamFormat: 'gemini' }],
  ['action', { action: 'embed' }],
  ['requested model', { modelRequested: 'x' }],
  ['served model', { modelServed: 'x' }],
  ['provider', { provider: 'x' }],
  ['channel', { channel: 'x' }],
  ['key of the provider', { providerKey: 'x' }],
  ['multiplier of the provider', { providerMultiplier: partsPerMillion(5n) }],
  ['way of answering', { stream: false }],
  ['price', { prices: { ...RECEIPT.prices, outputAudio: RECEIPT.prices.input } }],
  ['tier of service', { serviceTier: 'flex' }],
  ['multiplier of the user', { multipliers: { ...RECEIPT.multipliers, user: partsPerMillion(5n) } }],
  ['multiplier of the model', { multipliers: { ...RECEIPT.multipliers, model: partsPerMillion(5n) } }],
  ['multiplier of the group', { multipliers: { ...RECEIPT.multipliers, group: partsPerMillion(5n) } }],
  ['discount', { multipliers: { ...RECEIPT.multipliers, planDiscount: ONE } }],
])('another %s is another heading, and each reads back as it was', (_, more) => {
  const headings = new Headings(10)
  const first = headings.find(RECEIPT, undefined)
  const other = headings.find({ ...RECEIPT, ...more }, first)
  expect(other.id).not.toBe(first.id)
  expect(readHeading(other.body)).toMatchObject(more)
  expect(headings.find(RECEIPT, other)).toBe(first)
})

test('two processes find the same id for the same heading', () => {
  expect(new Headings(10).find(RECEIPT, undefined).id).toBe(new Headings(10).find({ ...RECEIPT }, undefined).id)
})
