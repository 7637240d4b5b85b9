import { describe, expect, test } from 'bun:test'
import { createAffinity, nearness } from './affinity.ts'

describe('a home', () => {
  const stage = (conversationsMax = 10) => {
    let nowMs = 0
    const affinity = createAffinity({ ttlMs: 1_000, conversationsMax, nowMs: () => nowMs })
    return {
      affinity,
      pass: (ms: number) => {
        nowMs += ms
      },
    }
  }

  test('is where the conversation was answered last, as long as its cache lives', () => {
    const { affinity, pass } = stage()
    affinity.answered('one', { channel: 'a', key: '1' })
    affinity.answered('one', { channel: 'b', key: '2' })
    pass(999)
    expect(affinity.homeOf('one')).toMatchObject({ channel: 'b', key: '2' })
    pass(1)
    expect(affinity.homeOf('one')).toBeUndefined()
  })

  test('is forgotten first of the conversation that has been silent longest', () => {
    const { affinity } = stage(2)
    for (const conversation of ['one', 'two', 'one', 'three'])
      affinity.answered(conversation, { channel: 'a', key: '1' })
    expect(['one', 'two', 'three'].map((conversation) => affinity.homeOf(conversation)?.channel)).toEqual([
      'a',
      undefined,
      'a',
    ])
  })
})

describe('the nearest place', () => {
  const PLACES = { a: 1, b: 1, c: 2 }
  const nearest = (conversation: string, places: Readonly<Record<string, number>> = PLACES): string =>
    Object.entries(places)
      .map(([place, weight]) => ({ place, near: nearness(conversation, place, weight) }))
      .sort((x, y) => y.near - x.near)[0]?.place ?? ''

  test('is the same for every replica, and each place has its share by weight', () => {
    const counts: Record<string, number> = {}
    for (let conversation = 0; conversation < 8_000; conversation += 1) {
      const place = nearest(`conversation ${conversation}`)
      counts[place] = (counts[place] ?? 0) + 1
    }
    expect((counts.a ?? 0) / 8_000).toBeCloseTo(0.25, 1)
    expect((counts.c ?? 0) / 8_000).toBeCloseTo(0.5, 1)
  })

  test('stays the same for all conversations but its own when one goes away', () => {
    for (let conversation = 0; conversation < 500; conversation += 1) {
      const before = nearest(`conversation ${conversation}`)
      if (before !== 'b') expect(nearest(`conversation ${conversation}`, { a: 1, c: 2 })).toBe(before)
    }
  })
})
