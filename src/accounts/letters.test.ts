import { expect, test } from 'bun:test'
import { createLetters, LETTERS_PER_HOUR } from './letters.ts'

test('an address gets a few messages of each kind an hour, however it is written', () => {
  let nowMs = 0
  const letters = createLetters(() => nowMs)
  for (let time = 0; time < LETTERS_PER_HOUR; time += 1) expect(letters.admit('reset', 'ada@example.com')).toBe(true)
  expect(letters.has('reset', 'Ada@Example.com')).toBe(false)
  expect(letters.admit('reset', 'Ada@Example.com')).toBe(false)
  expect(letters.admit('confirmation', 'ada@example.com')).toBe(true)
  expect(letters.admit('reset', 'bob@example.com')).toBe(true)
  nowMs = 3_600_000
  expect(letters.admit('reset', 'ada@example.com')).toBe(true)
})
