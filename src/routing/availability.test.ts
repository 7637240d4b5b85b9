import { describe, expect, test } from 'bun:test'
import { availabilityOf, outSinceMs } from './availability.ts'
import { Health } from './health.ts'
import { plainKeys } from './provider-keys.ts'
import { channelSubject, keyModelSubject, keySubject, modelSubject } from './subjects.ts'
import { channelOf } from './test-parts.ts'

const RULES = {
  failures: 1,
  failurePercent: 40,
  coolDownMs: 5_000,
  coolDownMaxMs: 300_000,
  waitMaxMs: 3_600_000,
  disabledRetryMs: 60_000,
  subjects: 100,
}
const CHANNEL = channelOf('c', { provider: 'p', keys: plainKeys('s1', 's2') })
const MODEL = modelSubject({ channel: CHANNEL, upstreamModel: 'm' })

const stage = (blocked: Readonly<Record<string, number>>, paused?: number) => {
  let nowMs = 0
  const health = new Health(RULES, () => nowMs)
  for (const [subject, atMs] of Object.entries(blocked).toSorted(([, one], [, other]) => one - other)) {
    nowMs = atMs
    health.failed(subject, { reason: 'x', effect: 'disable', retryAfterMs: undefined })
  }
  nowMs = 10_000
  return {
    out: (model?: string) => outSinceMs({ health, pausedSinceMs: () => paused }, CHANNEL, model),
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

describe('a channel', () => {
  test.each<[string, Readonly<Record<string, number>>, number | undefined, number | undefined]>([
    ['nothing is', {}, undefined, undefined],
    ['it itself is', { [channelSubject('c')]: 5 }, 5, 5],
    ['the model is', { [MODEL]: 5 }, undefined, 5],
    ['another model is', { [`${MODEL}x`]: 5 }, undefined, undefined],
    ['one key of two is', { [keySubject('p', '1')]: 5 }, undefined, undefined],
    ['both keys are', { [keySubject('p', '1')]: 5, [keySubject('p', '2')]: 7 }, 7, 7],
    [
      'one key is, and the other for the model',
      { [keySubject('p', '1')]: 5, [keyModelSubject('p', '2', 'm')]: 7 },
      undefined,
      7,
    ],
    ['it and a key are', { [keySubject('p', '1')]: 5, [channelSubject('c')]: 8, [MODEL]: 6 }, 8, 6],
  ])('where %s left alone, is out since then', (_, blocked, ofAny, ofModel) => {
    const { out } = stage(blocked)
    expect([out(), out('m')]).toEqual([ofAny, ofModel])
  })

  test('of a provider that is paused is out since it was', () => {
    expect(stage({}, 3).out('m')).toBe(3)
    expect(stage({ [MODEL]: 2 }, 3).out('m')).toBe(2)
  })

  test('that the next request would try is not out', () => {
    const { out, pass } = stage({ [MODEL]: 5 })
    pass(60_000)
    expect(out('m')).toBeUndefined()
  })
})

test.each([
  [[], 'unavailable', undefined],
  [[undefined, undefined], 'available', undefined],
  [[undefined, 5, 3], 'degraded', 3],
  [[5, 3], 'unavailable', 5],
] as const)('a model whose channels are out since %j is %s since %s', (outs, status, sinceMs) => {
  expect(availabilityOf(outs)).toEqual({ status, sinceMs })
})
