import { expect, test } from 'bun:test'
import { changed, faultsIn, given } from './draft.ts'

test('a field is at fault where its text is not what it has to be, and only there', () => {
  expect(faultsIn({ id: ['id', 'a b'], name: ['required', ' '], rpm: ['count', '0'], usd: ['amount', '-1'] })).toEqual({
    id: 'id',
    name: 'required',
    rpm: 'count',
    usd: 'amount',
  })
  expect(faultsIn({ id: ['id', 'a-b'], rpm: ['count', ''], usd: ['amount', '0.5'], by: ['factor', '1.25'] })).toEqual(
    {},
  )
})

test('what was not entered is left out of what is new', () => {
  expect(given({ id: 'a', base_url: null, weight: 0 })).toEqual({ id: 'a', weight: 0 })
})

test('a change names what differs, and takes away what is gone of a mapping', () => {
  const before = { weight: 1, models: ['a'], model_map: { a: 'x', b: 'y' } }
  expect(changed(before, { weight: 1, models: null, model_map: { b: 'z' } })).toEqual({
    models: null,
    model_map: { a: null, b: 'z' },
  })
})
