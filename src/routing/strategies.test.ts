import { describe, expect, test } from 'bun:test'
import { partsPerMillion } from '../units.ts'
import { createLoad } from './load.ts'
import { rank, type RankFacts, type Strategy } from './strategies.ts'
import { candidateOf, seeded } from './test-parts.ts'
import type { Candidate } from './types.ts'

const CANDIDATES = [candidateOf('a'), candidateOf('b', { weight: 2 }), candidateOf('c')]

const factsOf = (facts: Partial<RankFacts> = {}): RankFacts => ({
  load: createLoad(1_000, () => 0),
  stream: true,
  random: seeded(1),
  costOf: () => undefined,
  affinityOf: undefined,
  ...facts,
})

const order = (strategy: Strategy, facts: RankFacts, candidates: readonly Candidate[] = CANDIDATES): string =>
  rank(candidates, strategy, facts)
    .map(({ channel }) => channel.id)
    .join('')

describe('least_busy', () => {
  test('takes whoever has least under way for its weight, and says how much', () => {
    const load = createLoad(1_000, () => 0)
    for (const id of ['a', 'a', 'a', 'b', 'b', 'b', 'b', 'c']) load.begin(id)
    expect(order('least_busy', factsOf({ load }))).toBe('cba')
    expect(rank(CANDIDATES, 'least_busy', factsOf({ load }))[0]?.why).toBe('least_busy 1')
  })
})

describe('lowest_latency', () => {
  test('takes the fastest; who is unknown is measured first', () => {
    const load = createLoad(1_000, () => 0)
    load.noteLatency('a', true, 300)
    load.noteLatency('b', true, 200)
    load.noteLatency('b', false, 9_000)
    expect(order('lowest_latency', factsOf({ load }))).toBe('cba')
    load.noteLatency('c', true, 250)
    expect(order('lowest_latency', factsOf({ load }))).toBe('bca')
    expect(rank(CANDIDATES, 'lowest_latency', factsOf({ load }))[0]?.why).toBe('lowest_latency 200 ms')
  })

  test('measures who is unknown with one request at a time, however many come meanwhile', () => {
    const load = createLoad(1_000, () => 0)
    load.noteLatency('a', true, 300)
    load.noteLatency('b', true, 200)
    const asked = Array.from({ length: 20 }, () => {
      const [id = ''] = order('lowest_latency', factsOf({ load }))
      load.begin(id)
      return id
    })
    expect(asked.join('')).toBe(`c${'b'.repeat(19)}`)
    expect(order('lowest_latency', factsOf({ load }))).toBe('bac')
    load.end('c')
    expect(order('lowest_latency', factsOf({ load }))).toBe('cba')
  })

  test('takes one that answers before one that is being measured, and any where all are', () => {
    const load = createLoad(1_000, () => 0)
    for (const id of ['a', 'b', 'c']) load.begin(id)
    expect([...order('lowest_latency', factsOf({ load }))].sort().join('')).toBe('abc')
    load.noteLatency('a', true, 90_000)
    expect(order('lowest_latency', factsOf({ load }))).toStartWith('a')
  })
})

describe('lowest_cost', () => {
  test('takes the cheapest for the operator; who is unknown comes last', () => {
    const costs: Readonly<Record<string, bigint>> = { a: 5n, c: 2n }
    expect(order('lowest_cost', factsOf({ costOf: ({ channel }) => costs[channel.id] }))).toBe('cab')
  })
})

describe('cache_affinity', () => {
  test('takes whoever suits the conversation best', () => {
    const scores: Readonly<Record<string, number>> = { a: 0.1, b: 0.9, c: 2 }
    const affinityOf = ({ channel }: Candidate) => ({ score: scores[channel.id] ?? 0, why: 'because' })
    expect(order('cache_affinity', factsOf({ affinityOf }))).toBe('cba')
  })

  test('draws by weight where nothing tells the conversation', () => {
    const first: Record<string, number> = {}
    const facts = factsOf({ random: seeded(7) })
    for (let draw = 0; draw < 4_000; draw += 1) {
      const [id = ''] = order('cache_affinity', facts)
      first[id] = (first[id] ?? 0) + 1
    }
    expect((first.b ?? 0) / 4_000).toBeCloseTo(0.5, 1)
  })
})

test.each(['weighted', 'least_busy', 'lowest_latency', 'lowest_cost', 'cache_affinity'] as const)(
  'a priority stands above %s',
  (strategy) => {
    const load = createLoad(1_000, () => 0)
    for (let turn = 0; turn < 9; turn += 1) load.begin('high')
    load.noteLatency('high', true, 90_000)
    load.noteLatency('low', true, 1)
    const candidates = [
      candidateOf('low', { costMultiplier: partsPerMillion(1n) }),
      candidateOf('high', { priority: 1 }),
    ]
    const facts = factsOf({ load, costOf: ({ channel }) => channel.provider.costMultiplier })
    expect(order(strategy, facts, candidates)).toBe('highlow')
  },
)
