import { expect, test } from 'bun:test'
import { isWanted, officialOf, rowsOf } from './model-rows.ts'
import { draftOf, faultsOf, newPriceOf, priceOf } from './price-form.ts'

const PRICE = {
  input: '3.000000000',
  output: '15.000000000',
  cache_read: '0.300000000',
  cache_write_5m: '3.750000000',
  cache_write_1h: '6.000000000',
  per_image: '0.040000000',
  tiers: [
    {
      above_input_tokens: 200_000,
      input: '6',
      cache_read: '0.6',
      cache_write_5m: '7.5',
      cache_write_1h: '12',
    },
  ],
}

const stated = (changes: object) => ({
  id: null,
  model: 'a',
  source: 'built-in' as const,
  state: 'in_force' as const,
  effective_from: null,
  price: PRICE,
  set_at: null,
  set_by: null,
  reason: null,
  withdrawn_at: null,
  withdrawn_by: null,
  withdrawn_reason: null,
  ...changes,
})

test('a form that is sent as it was opened sends the price there was', () => {
  expect(priceOf(draftOf(PRICE))).toEqual({
    input: '3',
    output: '15',
    cache_read: '0.3',
    cache_write_5m: '3.75',
    cache_write_1h: '6',
    per_image: '0.04',
    tiers: PRICE.tiers,
  })
})

test('when and why are said where they were entered, and are no part of the price', () => {
  const draft = { ...draftOf(undefined), amounts: { input: '1' }, from: '2027-01-31T12:00', reason: ' new list ' }
  expect(priceOf(draft)).toEqual({ input: '1' })
  expect(newPriceOf(draft)).toEqual({
    input: '1',
    effective_from: new Date('2027-01-31T12:00').toISOString(),
    reason: 'new list',
  })
})

test('a price without input, an amount that is none and tiers that are no JSON are faults', () => {
  const draft = { ...draftOf(undefined), amounts: { output: 'x' }, tiers: '[' }
  expect(faultsOf(draft)).toEqual({ input: 'required', output: 'amount', tiers: 'json' })
})

test('a model is one row, with what is in force and what is to come, the next first', () => {
  const [row] = rowsOf(
    [
      stated({ source: 'administrator', state: 'to_come', effective_from: '2027-02-01T00:00:00Z' }),
      stated({ source: 'administrator', state: 'to_come', effective_from: '2027-01-01T00:00:00Z' }),
      stated({}),
    ],
    [],
  )
  expect(row?.inForce?.source).toBe('built-in')
  expect(row?.toCome.map(({ effective_from: from }) => from?.slice(0, 7))).toEqual(['2027-01', '2027-02'])
  expect(row && isWanted(row, 'A', 'to_come')).toBe(true)
  expect(row && isWanted(row, '', 'set')).toBe(false)
})

test('a model that is offered without a price is a row that says so, and one with a price is there once', () => {
  const priced = stated({})
  const rows = rowsOf([priced], ['without', priced.model])
  expect(rows.map(({ id }) => id).toSorted()).toEqual([priced.model, 'without'].toSorted())
  expect(rows.filter((row) => isWanted(row, '', 'none')).map(({ id }) => id)).toEqual(['without'])
  expect(rows.filter((row) => isWanted(row, '', 'official')).map(({ id }) => id)).toEqual([priced.model])
})

test('the official price is what the catalogue says now, not what it says of later', () => {
  const history = [
    stated({ source: 'administrator', effective_from: '2026-05-01T00:00:00Z' }),
    stated({ effective_from: '2099-01-01T00:00:00Z' }),
    stated({ state: 'past', effective_from: '2026-01-01T00:00:00Z' }),
    stated({ state: 'past' }),
  ]
  expect(officialOf(history, Date.parse('2026-11-21T00:00:00Z'))?.effective_from).toBe('2026-01-01T00:00:00Z')
})
