import { expect, test } from 'bun:test'
import { feesOf, fitsText, heightOfPrice, ofOwn, paidWith, type Price, type PublicModel } from './public-models.ts'

const price = (input: string): Price => ({
  input,
  output: '15',
  cache_read: '0.3',
  cache_write_5m: '3.75',
  cache_write_1h: '6',
})
const model: PublicModel = {
  id: 'claude-sonnet-4-6',
  aliases: ['house/smart'],
  display_name: 'Claude Sonnet 4.6',
  provider: 'anthropic',
  type: 'chat',
  context_window: 200_000,
  max_output_tokens: null,
  capabilities: [],
  created: 0,
  pricing: price('3'),
  own_pricing: [
    { plan: null, pricing: price('3') },
    { plan: 'pro', pricing: price('0.9') },
  ],
}

test('what is paid is that of the plan, and of no plan without one', () => {
  expect(paidWith(model, '')?.input).toBe('3')
  expect(paidWith(model, 'pro')?.input).toBe('0.9')
  expect(paidWith(model, 'nobody')).toBeNull()
})

test('a model is found by any of its names, in any order', () => {
  for (const text of ['sonnet', 'SONNET claude', 'house', '4.6 anthropic', '']) expect(fitsText(model, text)).toBe(true)
  expect(fitsText(model, 'sonnet gpt')).toBe(false)
})

test('prices are compared to the billionth of a dollar, and what is not known is not zero', () => {
  expect(heightOfPrice('0.000000001')).toBe(1n)
  expect(heightOfPrice(null)).toBeUndefined()
})

test('fees are told from prices for tokens', () => {
  expect(feesOf({ ...price('3'), per_image: '0.04', input_audio: '10', tiers: [] })).toEqual([
    ['per_image', '0.04'],
    ['input_audio', '10'],
  ])
})

test('what an organisation may ask is shown at what the first of its groups pays, and as not known where none does', () => {
  const { created: _, own_pricing: __, ...named } = model
  const own = [{ group: 'default', pricing: price('1.5') }]
  const { data } = ofOwn({
    data: [
      { ...named, own_pricing: own },
      { ...named, own_pricing: [] },
    ],
  })
  expect(data.map((one) => paidWith(one, '')?.input)).toEqual(['1.5', undefined])
})
