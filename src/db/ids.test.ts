import { expect, test } from 'bun:test'
import { newId } from './ids.ts'

test('an id is its prefix and 26 characters of lower-case base32', () => {
  expect(newId('key_', 1_760_000_000_000)).toMatch(/^key_[0-9a-hjkmnp-tv-z]{26}$/)
})

test('ids of later milliseconds sort later', () => {
  const ids = [0, 1, 1_000, 1_760_000_000_000, 1_760_000_000_001, 281_474_976_710_655].map((at) => newId('', at))
  expect(ids.toSorted()).toEqual(ids)
})

test('an id carries version 7 and the RFC variant of a UUID', () => {
  const digits = '0123456789abcdefghjkmnpqrstvwxyz'
  for (let round = 0; round < 50; round++) {
    const value = newId('', 1_760_000_000_000)
      .split('')
      .reduce((sum, digit) => sum * 32n + BigInt(digits.indexOf(digit)), 0n)
    expect(value >> 80n).toBe(1_760_000_000_000n)
    expect((value >> 76n) & 15n).toBe(7n)
    expect((value >> 62n) & 3n).toBe(2n)
  }
})

test('ten thousand ids of one millisecond are all different', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => newId('x', 5))).size).toBe(10_000)
})
