import { describe, expect, test } from 'bun:test'
import { NO_USAGE } from '../canon/usage.ts'
import { tokens } from '../units.ts'
import { estimateUsage, inputTokensMax, inputTokensTypical } from './estimate.ts'

describe('estimates from sizes', () => {
  test('the bound is never below the usual count', () => {
    for (const textBytes of [0, 1, 999, 1_000_000]) {
      for (const mediaCount of [0, 1, 20]) {
        for (const mediaBytes of [0, 1_000, 50_000_000]) {
          const size = { textBytes, mediaCount, mediaBytes }
          expect(inputTokensMax(size)).toBeGreaterThanOrEqual(inputTokensTypical(size))
        }
      }
    }
  })
})

describe('a cut answer', () => {
  const size = { textBytes: 4_000, mediaCount: 0, mediaBytes: 0 }

  test('is billed for the usual input of its size and what was delivered', () => {
    const usage = estimateUsage({ ...size, deliveredTokens: 30 })
    expect(usage).toEqual({ ...NO_USAGE, input: tokens(1_000), output: tokens(30) })
  })

  test('keeps the input the upstream reported, cached parts included', () => {
    const reported = { ...NO_USAGE, input: tokens(7), cacheRead: tokens(900), output: tokens(1) }
    expect(estimateUsage({ ...size, deliveredTokens: 30, reported })).toEqual({ ...reported, output: tokens(30) })
  })

  test('keeps the output the upstream reported where that is more than the text delivered: hidden reasoning', () => {
    const reported = { ...NO_USAGE, input: tokens(7), output: tokens(500), reasoning: tokens(480) }
    expect(estimateUsage({ ...size, deliveredTokens: 20, reported })).toEqual(reported)
  })
})
