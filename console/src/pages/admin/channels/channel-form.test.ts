import { expect, test } from 'bun:test'
import { EMPTY_CHANNEL, faultsOf, mapOf } from './channel-form.ts'

test('each line of a map names our model and theirs', () => {
  expect(mapOf('a = x\n\n  b=org/y:1  ')).toEqual({ a: 'x', b: 'org/y:1' })
  expect(mapOf('')).toEqual({})
})

test('a line that is no pair is a fault of the map, not something that is left out', () => {
  expect(mapOf('a = x\nb')).toBeUndefined()
  expect(faultsOf({ ...EMPTY_CHANNEL, id: 'one', provider: 'main', modelMap: 'b' })).toEqual({ model_map: 'pairs' })
})

test('a channel needs a name, a provider and a group', () => {
  expect(Object.keys(faultsOf({ ...EMPTY_CHANNEL, groups: [] })).sort()).toEqual(['groups', 'id', 'provider'])
})
