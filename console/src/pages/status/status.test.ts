import { expect, test } from 'bun:test'
import { wordOf } from './status.ts'

test.each([
  [null, 'none'],
  [1, 'good'],
  [0.999, 'good'],
  [0.9989, 'fair'],
  [0.98, 'fair'],
  [0.5, 'poor'],
  [0, 'poor'],
] as const)('a day with %p is %s', (uptime, word) => {
  expect(wordOf(uptime)).toBe(word)
})
