import { describe, expect, test } from 'bun:test'
import { createLoad } from './load.ts'

const stage = () => {
  let nowMs = 0
  const load = createLoad(1_000, () => nowMs)
  return {
    load,
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

test('what is under way is counted by channel, and never falls below nothing', () => {
  const { load } = stage()
  load.begin('a')
  load.begin('a')
  load.begin('b')
  load.end('a')
  load.end('b')
  load.end('b')
  expect([load.underWay('a'), load.underWay('b'), load.underWay('c')]).toEqual([1, 0, 0])
})

describe('the latency to expect', () => {
  test('is unknown before the first answer, and again when the last is long ago', () => {
    const { load, pass } = stage()
    expect(load.latencyMs('a', true)).toBeUndefined()
    load.noteLatency('a', true, 100)
    pass(3_999)
    expect(load.latencyMs('a', true)).toBe(100)
    pass(1)
    expect(load.latencyMs('a', true)).toBeUndefined()
  })

  test('follows what is measured, the more so the older it was', () => {
    const { load, pass } = stage()
    load.noteLatency('a', true, 100)
    load.noteLatency('a', true, 200)
    expect(load.latencyMs('a', true)).toBe(120)
    pass(1_000)
    load.noteLatency('a', true, 200)
    expect(load.latencyMs('a', true)).toBe(168)
  })

  test('of streams and of answers in one piece are two things', () => {
    const { load } = stage()
    load.noteLatency('a', true, 100)
    load.noteLatency('a', false, 900)
    expect([load.latencyMs('a', true), load.latencyMs('a', false)]).toEqual([100, 900])
  })
})
