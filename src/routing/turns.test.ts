import { expect, test } from 'bun:test'
import { UNLIMITED } from './provider-keys.ts'
import { channelOf } from './test-parts.ts'
import { createTurns } from './turns.ts'
import type { Provider } from './types.ts'

const providerOf = (weights: Readonly<Record<string, number>>): Provider => {
  const keys = Object.entries(weights).map(([id, weight]) => ({
    id,
    secret: `secret ${id}`,
    weight,
    limits: UNLIMITED,
  }))
  return channelOf('p', { keys }).provider
}

const firsts = (weights: Readonly<Record<string, number>>, times: number): string => {
  const turns = createTurns()
  const provider = providerOf(weights)
  return Array.from({ length: times }, () => turns(provider)[0]?.id).join('')
}

test.each([
  [{ a: 1 }, 'aaaa'],
  [{ a: 1, b: 1 }, 'abab'],
  [{ a: 1, b: 1, c: 1 }, 'abcabc'],
  [{ a: 5, b: 1, c: 1 }, 'aabacaa'],
  [{ a: 2, b: 1 }, 'abaaba'],
])('keys of weights %j take turns as %s, evenly spread', (weights, order) => {
  expect(firsts(weights, order.length)).toBe(order)
})

test('every key is in every turn, once', () => {
  const turns = createTurns()
  const provider = providerOf({ a: 3, b: 2, c: 1 })
  for (let turn = 0; turn < 12; turn += 1)
    expect(
      turns(provider)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['a', 'b', 'c'])
})
