import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createRecentMap } from './recent-map.ts'

describe('a recent map', () => {
  test('forgets the entry left alone the longest', () => {
    const map = createRecentMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    expect(map.get('a')).toBe(1)
    map.set('c', 3)
    expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([1, undefined, 3, 2])
  })

  test('forgets nobody when an entry is replaced, young or old', () => {
    const map = createRecentMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.set('b', 3)
    expect([map.get('a'), map.get('b')]).toEqual([1, 3])
    map.set('a', 4)
    expect([map.get('a'), map.get('b'), map.size]).toEqual([4, 3, 2])
  })

  test('holds an entry once, wherever it was found', () => {
    const map = createRecentMap<string, number>(4)
    for (const key of ['a', 'b', 'c', 'a']) map.set(key, 1)
    expect(map.size).toBe(3)
  })

  test('never holds more than its limit, always holds the half used last, and never an outdated value', () => {
    const step = fc.record({ key: fc.nat(12), write: fc.boolean() })
    const property = fc.property(fc.integer({ min: 2, max: 9 }), fc.array(step, { maxLength: 200 }), (max, steps) => {
      const map = createRecentMap<number, number>(max)
      const latest = new Map<number, number>()
      const used: number[] = []
      steps.forEach(({ key, write }, index) => {
        const recent = [...new Set(used.toReversed())].slice(0, Math.floor(max / 2))
        if (write) map.set(key, latest.set(key, index).get(key) ?? index)
        const value = map.get(key)
        if (value !== undefined) used.push(key)
        if (value !== undefined || write || recent.includes(key)) expect(value).toBe(latest.get(key))
        expect(map.size).toBeLessThanOrEqual(max)
      })
    })
    fc.assert(property, { seed: 20_260_103, numRuns: 300 })
  })

  test('forgets what it is told to', () => {
    const map = createRecentMap<string, number>(4)
    for (const value of [1, 2, 3, 4]) map.set(String(value), value)
    map.deleteWhere((value) => value % 2 === 0)
    expect([map.size, map.get('1'), map.get('2'), map.get('3')]).toEqual([2, 1, undefined, 3])
    map.clear()
    expect(map.size).toBe(0)
  })

  test.each([1, 0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('cannot be made for %p entries', (entriesMax) => {
    expect(() => createRecentMap(entriesMax)).toThrow(RangeError)
  })
})
