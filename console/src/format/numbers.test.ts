import { describe, expect, test } from 'bun:test'
import { formatCount, formatCountShort, formatDuration, formatShare } from './numbers.ts'

describe('numbers', () => {
  test.each([
    [0, '0ms'],
    [999, '999ms'],
    [1_240, '1.24s'],
    [123_000, '2m 3s'],
    [120_000, '2m'],
    [11_400_000, '3h 10m'],
    [187_200_000, '2d 4h'],
  ])('%d ms are %s', (ms, text) => {
    expect(formatDuration(ms, 'en')).toBe(text)
  })

  test.each([
    [1, '100%'],
    [0.99999, '99.9%'],
    [0.00001, '0.1%'],
    [0, '0%'],
    [0.5, '50%'],
  ])('a share of %d is %s: not all is never shown as all, something never as nothing', (share, text) => {
    expect(formatShare(share, 'en')).toBe(text)
  })

  test('counts have separators, or are short', () => {
    expect(formatCount(1_234_567, 'en')).toBe('1,234,567')
    expect(formatCountShort(1_234_567, 'en')).toBe('1.2M')
  })
})
