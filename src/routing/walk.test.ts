import { describe, expect, test } from 'bun:test'
import { Health } from './health.ts'
import { plainKeys } from './provider-keys.ts'
import { type Failure, noteOutcome } from './retry.ts'
import { candidateOf } from './test-parts.ts'
import { createWalk } from './walk.ts'

const RULES = {
  failures: 3,
  failurePercent: 40,
  coolDownMs: 1_000,
  coolDownMaxMs: 5_000,
  waitMaxMs: 3_600_000,
  disabledRetryMs: 60_000,
  subjects: 100,
}

/** Channels `a`, `b` and `c` of a provider each; `a` and `b` have two keys. */
const CANDIDATES = [
  candidateOf('a', { keys: plainKeys('a1', 'a2') }),
  candidateOf('b', { keys: plainKeys('b1', 'b2') }),
  candidateOf('c'),
]

const stage = () => {
  let nowMs = 0
  const health = new Health(RULES, () => nowMs)
  const walk = () => createWalk({ health, keysOf: ({ channel }) => channel.provider.keys }, CANDIDATES)
  return {
    health,
    walk,
    pass: (ms: number) => {
      nowMs += ms
    },
    /** Something happened earlier, on another request. */
    happened: (channel: 'a' | 'b' | 'c', key: number, failure: Failure, times = 1, retryAfterMs?: number) => {
      const candidate = CANDIDATES.find((one) => one.channel.id === channel)
      const used = candidate?.channel.provider.keys[key - 1]
      if (!candidate || !used) throw new Error('no such route')
      for (let time = 0; time < times; time += 1)
        noteOutcome(health, { candidate, key: used, failure, retryAfterMs, startedAtMs: nowMs })
    },
  }
}

/** Where a walk goes when every try fails like this: channel and key. */
const course = (walk: ReturnType<ReturnType<typeof stage>['walk']>, failures: readonly Failure[]): string => {
  const steps: string[] = []
  let route = walk.next()
  for (let at = 0; route; at += 1) {
    steps.push(`${route.candidate.channel.id}${route.key.id}`)
    route = walk.next(failures[Math.min(at, failures.length - 1)])
  }
  return steps.join(' ')
}

describe('a request goes', () => {
  const rows: readonly (readonly [string, readonly Failure[], string])[] = [
    ['to another key first where the key is at fault', ['rate-limited'], 'a1 a2 b1 b2 c1'],
    ['to another key first where it is refused', ['key-refused'], 'a1 a2 b1 b2 c1'],
    ['to another key first where its money is spent', ['quota-exhausted'], 'a1 a2 b1 b2 c1'],
    ['to other channels first where the provider is at fault', ['overloaded'], 'a1 b1 c1 a2 b2'],
    ['to other channels first where nobody answers', ['no-connection'], 'a1 b1 c1 a2 b2'],
    ['to other channels first where it takes too long', ['timeout'], 'a1 b1 c1 a2 b2'],
    ['to other channels alone where the model is missing', ['model-missing'], 'a1 b1 c1'],
    ['to other channels alone where it cannot be written', ['untranslatable'], 'a1 b1 c1'],
    ['to other channels alone where its content is refused', ['content-refused'], 'a1 b1 c1'],
    ['nowhere else where it is wrong itself', ['request-refused'], 'a1'],
    ['nowhere else where its client has left', ['client-left'], 'a1'],
    ['by each failure in its turn', ['rate-limited', 'overloaded', 'model-missing', 'overloaded'], 'a1 a2 b1 c1'],
  ]
  test.each(rows)('%s', (_, failures, steps) => {
    expect(course(stage().walk(), failures)).toBe(steps)
  })
})

describe('what is not well is passed over', () => {
  test('a key that its provider refused, for all of its channels', () => {
    const { walk, happened } = stage()
    happened('a', 1, 'key-refused')
    expect(course(walk(), ['overloaded'])).toBe('a2 b1 c1 b2')
  })

  test('a channel that fails too often, with every key', () => {
    const { walk, happened } = stage()
    happened('a', 1, 'no-connection', 3)
    expect(walk().next()).toMatchObject({ candidate: { channel: { id: 'b' } } })
  })

  test('until its time is over: then one request tries it, and says so', () => {
    const { walk, happened, pass } = stage()
    happened('a', 1, 'no-connection', 3)
    pass(1_000)
    expect(walk().next()).toMatchObject({ candidate: { channel: { id: 'a' } }, why: 'only channel; probe' })
    expect(walk().next()).toMatchObject({ candidate: { channel: { id: 'b' } } })
  })

  test('but where all only failed too often, they are asked all the same', () => {
    const { walk, happened } = stage()
    for (const channel of ['a', 'b', 'c'] as const) happened(channel, 1, 'no-connection', 3)
    const asked = walk()
    expect(asked.next()).toMatchObject({ candidate: { channel: { id: 'a' } }, why: 'only channel; last resort' })
  })

  test('and nobody is asked who said to wait, or refused', () => {
    const { walk, happened } = stage()
    happened('a', 1, 'rate-limited', 1, 20_000)
    happened('a', 2, 'rate-limited', 1, 10_000)
    happened('b', 1, 'key-refused')
    happened('b', 2, 'quota-exhausted')
    happened('c', 1, 'rate-limited', 1, 30_000)
    const asked = walk()
    expect(asked.next()).toBeUndefined()
    expect(asked.passedOver.map(({ key, candidate, block }) => [candidate.channel.id, key.id, block.reason])).toEqual([
      ['a', '1', 'rate-limited'],
      ['a', '2', 'rate-limited'],
      ['b', '1', 'key-refused'],
      ['b', '2', 'quota-exhausted'],
      ['c', '1', 'rate-limited'],
    ])
  })

  test('a limit of one model leaves the key to the others', () => {
    const { walk, happened, health } = stage()
    happened('c', 1, 'rate-limited', 1, 10_000)
    const other = { ...candidateOf('c'), upstreamModel: 'm2' }
    const next = createWalk({ health, keysOf: ({ channel }) => channel.provider.keys }, [other]).next()
    expect(next).toMatchObject({ candidate: { upstreamModel: 'm2' } })
    expect(walk().next()).toMatchObject({ candidate: { channel: { id: 'a' } } })
  })
})
