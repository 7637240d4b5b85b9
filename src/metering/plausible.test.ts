import { expect, test } from 'bun:test'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { tokens } from '../units.ts'
import { type Bounds, isPlausible } from './plausible.ts'

const SMALL: Bounds = {
  textBytes: 400,
  mediaCount: 0,
  mediaBytes: 0,
  model: { contextWindow: 10_000, maxOutputTokens: 1_000 },
  choices: 1,
}
const usageOf = (more: Partial<Usage>): Usage => ({ ...NO_USAGE, ...more })
const UNKNOWN: Bounds['model'] = { contextWindow: undefined, maxOutputTokens: undefined }
const input = (count: number): Usage => usageOf({ input: tokens(count) })
const output = (count: number): Usage => usageOf({ output: tokens(count) })

const ROWS: readonly (readonly [string, Usage, Partial<Bounds>, boolean])[] = [
  ['nothing', NO_USAGE, {}, true],
  ['a window read sixteen times by tools of the vendor', input(160_000), {}, true],
  ['more than that', input(160_001), {}, false],
  [
    'more than that in all kinds of input together',
    usageOf({ input: tokens(80_000), cacheRead: tokens(80_000), inputAudio: tokens(1) }),
    {},
    false,
  ],
  ['more than the window, where the body is as large', input(1_000_000), { textBytes: 200_000 }, true],
  ['input of a model whose window nobody knows', input(16_000_000), { model: UNKNOWN }, true],
  ['absurd input of such a model', input(16_000_001), { model: UNKNOWN }, false],
  ['output of four times the limit', output(4_000), {}, true],
  ['more than that', output(4_001), {}, false],
  ['more than that, of audio', usageOf({ output: tokens(4_000), outputAudio: tokens(1) }), {}, false],
  ['as much of each of three answers', output(12_000), { choices: 3 }, true],
  ['searches', usageOf({ units: { webSearches: 1_000 } }), {}, true],
  ['too many searches', usageOf({ units: { webSearches: 1_001 } }), {}, false],
  ['too many images', usageOf({ units: { images: 1_001 } }), {}, false],
]
test.each(ROWS)('%s is believed or not as it could be true', (_, usage, more, believed) => {
  expect(isPlausible(usage, { ...SMALL, ...more })).toBe(believed)
})
