import { describe, expect, test } from 'bun:test'
import { NO_USAGE } from '../canon/usage.ts'
import { tokens } from '../units.ts'
import { type CutAnswer, estimateUsage, inputTokensMax, inputTokensTypical } from './estimate.ts'

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

  const rows: readonly (readonly [string, Partial<CutAnswer>, number, number])[] = [
    ['an image', { media: { images: 1, soundBytes: 0 } }, 1_290, 0],
    ['images and text', { media: { images: 2, soundBytes: 0 }, deliveredTokens: 30 }, 2_610, 0],
    ['a second of sound', { media: { images: 0, soundBytes: 48_000 } }, 0, 20],
    ['sound and what it says', { media: { images: 0, soundBytes: 96_000 }, deliveredTokens: 12 }, 12, 40],
  ]
  test.each(rows)('is billed for what was delivered beside text: %s', (_what, more, output, outputAudio) => {
    const usage = estimateUsage({ ...size, deliveredTokens: 0, ...more })
    expect([usage.output, usage.outputAudio].map(Number)).toEqual([output, outputAudio])
  })
  test.each([
    ['less', 100, 0, 1_290, 0],
    ['more', 2_000, 0, 2_000, 0],
    ['the sound', 0, 900, 390, 900],
  ])('adds to what the upstream had reported only where that is %s', (_what, said, saidAudio, output, outputAudio) => {
    const reported = { ...NO_USAGE, input: tokens(7), output: tokens(said), outputAudio: tokens(saidAudio) }
    const usage = estimateUsage({ ...size, deliveredTokens: 0, media: { images: 1, soundBytes: 0 }, reported })
    expect([usage.output, usage.outputAudio].map(Number)).toEqual([output, outputAudio])
  })
  test('has what the vendor’s tools used, as far as that was shown', () => {
    expect(estimateUsage({ ...size, deliveredTokens: 1, tools: { imageOutput: 1_056 } }).units).toEqual({
      imageOutput: 1_056,
    })
  })

  test('keeps the output the upstream reported where that is more than the text delivered: hidden reasoning', () => {
    const reported = { ...NO_USAGE, input: tokens(7), output: tokens(500), reasoning: tokens(480) }
    expect(estimateUsage({ ...size, deliveredTokens: 20, reported })).toEqual(reported)
  })
})
