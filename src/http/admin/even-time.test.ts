import { expect, test } from 'bun:test'
import { atEvenTime, evenWaitMs } from './even-time.ts'

test.each([
  [0, 100],
  [-1, 100],
  [1, 99],
  [52.7, 47.3],
  [54.1, 45.9],
  [99.9, 0.1],
  [100, 100],
  [250, 50],
])('what took %p ms waits %p more', (elapsedMs, expected) => {
  expect(evenWaitMs(elapsedMs)).toBeCloseTo(expected, 6)
})

test('the answer is the one that was given, and a failure passes', async () => {
  expect(await atEvenTime(async () => 'yes')).toBe('yes')
  const failed = atEvenTime(() => Promise.reject(new Error('no')))
  expect(await failed.then(() => 'none', String)).toBe('Error: no')
})
