import { describe, expect, test } from 'bun:test'
import { Health, type HealthChange, type HealthRules, type Mishap } from './health.ts'

const RULES: HealthRules = {
  failures: 3,
  failurePercent: 40,
  coolDownMs: 1_000,
  coolDownMaxMs: 5_000,
  waitMaxMs: 3_600_000,
  disabledRetryMs: 60_000,
  subjects: 5,
}
const FAILED: Mishap = { reason: 'server-error', effect: 'count', retryAfterMs: undefined }
const REFUSED: Mishap = { reason: 'key-refused', effect: 'disable', retryAfterMs: undefined }
const LIMITED: Mishap = { reason: 'rate-limited', effect: 'wait', retryAfterMs: undefined }

const stage = (rules: Partial<HealthRules> = {}) => {
  let nowMs = 1_000_000
  const changes: HealthChange[] = []
  const health = new Health(
    { ...RULES, ...rules },
    () => nowMs,
    (change) => changes.push(change),
  )
  return {
    health,
    changes,
    pass: (ms: number) => {
      nowMs += ms
    },
    fail: (times: number, mishap = FAILED) => {
      for (let time = 0; time < times; time += 1) health.failed('a', mishap)
    },
    untilMs: () => (health.blockOf('a')?.untilMs ?? nowMs) - nowMs,
  }
}

describe('a subject', () => {
  test('that never failed is ready, and costs no entry', () => {
    const { health } = stage()
    health.succeeded('a')
    expect([health.standingOf('a'), health.untroubled, health.list()]).toEqual(['ready', true, []])
  })

  test('is blocked after so many failures in a row, and not by as many with a success between', () => {
    const { health, fail } = stage()
    fail(2)
    health.succeeded('a')
    fail(2)
    expect(health.standingOf('a')).toBe('ready')
    fail(1)
    expect(health.standingOf('a')).toBe('blocked')
    expect(health.blockOf('a')).toMatchObject({ kind: 'failing', reason: 'server-error' })
  })

  test('is blocked by its share of failures, though they never come in a row', () => {
    const { health } = stage({ failures: 100 })
    for (let turn = 0; turn < 4; turn += 1) {
      health.failed('a', FAILED)
      health.succeeded('a')
    }
    expect(health.standingOf('a')).toBe('ready')
    health.failed('a', FAILED)
    health.succeeded('a')
    health.failed('a', FAILED)
    expect(health.standingOf('a')).toBe('blocked')
  })

  test('is tried by one request when its time is over, and by no other meanwhile', () => {
    const { health, fail, pass } = stage()
    fail(3)
    pass(999)
    expect(health.standingOf('a')).toBe('blocked')
    pass(1)
    expect(health.standingOf('a')).toBe('probe')
    health.probe('a')
    expect(health.standingOf('a')).toBe('blocked')
    health.unprobe('a')
    expect(health.standingOf('a')).toBe('probe')
  })

  test('whose try is never told the end of may be tried again after a while', () => {
    const { health, fail, pass } = stage()
    fail(3)
    pass(1_000)
    health.probe('a')
    pass(30_000)
    expect(health.standingOf('a')).toBe('probe')
  })

  test('that fails its try is blocked twice as long each time, up to a limit', () => {
    const { health, fail, pass, untilMs } = stage()
    fail(3)
    const waits = [untilMs()]
    for (let turn = 0; turn < 4; turn += 1) {
      pass(untilMs())
      health.probe('a')
      fail(1)
      waits.push(untilMs())
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000])
  })

  test('that failed a few times is ready as soon as its try succeeds', () => {
    const { health, fail, pass } = stage()
    fail(3)
    pass(1_000)
    health.probe('a')
    health.succeeded('a')
    expect(health.standingOf('a')).toBe('ready')
  })

  test('that failed for long has to succeed three times, one try after the other, and a failure blocks it again', () => {
    const { health, fail, pass, untilMs } = stage({ failures: 10 })
    fail(10)
    pass(1_000)
    for (const expected of ['probe', 'probe', 'ready'] as const) {
      health.probe('a')
      expect(health.standingOf('a')).toBe('blocked')
      health.succeeded('a')
      expect(health.standingOf('a')).toBe(expected)
    }
    fail(1)
    expect([health.standingOf('a'), untilMs()]).toEqual(['blocked', 2_000])
  })

  test('that did well for twenty requests is forgotten, and its cool-down with it', () => {
    const { health, fail, pass } = stage()
    fail(3)
    pass(1_000)
    for (let turn = 0; turn < 20; turn += 1) health.succeeded('a')
    expect(health.untroubled).toBe(true)
  })
})

describe('a block lasts', () => {
  const rows: readonly (readonly [string, Mishap, number])[] = [
    ['as long as the provider says', { ...LIMITED, retryAfterMs: 7_000 }, 7_000],
    ['as long as the provider says, also where it only failed', { ...FAILED, retryAfterMs: 9_000 }, 9_000],
    ['a moment where it does not say', LIMITED, 1_000],
    ['as long as any cool-down, where it is shunned', { ...FAILED, effect: 'shun' }, 5_000],
    ['no longer than it may', { ...LIMITED, retryAfterMs: 1e12 }, 3_600_000],
    ['as configured, where the provider refused', REFUSED, 60_000],
  ]
  test.each(rows)('%s', (_, mishap, ms) => {
    const { fail, untilMs } = stage()
    fail(1, mishap)
    expect(untilMs()).toBe(ms)
  })

  test('until somebody lifts it, where the configuration says so', () => {
    const { health, fail, pass } = stage({ disabledRetryMs: null })
    fail(1, REFUSED)
    pass(1e12)
    expect(health.standingOf('a')).toBe('blocked')
    expect(health.lift('a')).toBe(true)
    expect([health.standingOf('a'), health.lift('a')]).toEqual(['ready', false])
  })

  test('until the time somebody else names, and saying it again changes nothing', () => {
    const { health, changes, pass } = stage()
    health.block('a', 'spent', 'spend-stop', 1_005_000)
    health.block('a', 'spent', 'spend-stop', 1_005_000)
    expect([health.standingOf('a'), changes.length]).toEqual(['blocked', 1])
    pass(5_000)
    expect(health.standingOf('a')).toBe('probe')
  })
})

describe('of two replicas', () => {
  const pair = () => {
    const one = stage()
    const other = stage()
    const share = (): void => {
      for (const change of one.changes.splice(0)) other.health.adopt(change)
      for (const change of other.changes.splice(0)) one.health.adopt(change)
    }
    return { one, other, share }
  }

  test('each knows what the other found out, both of blocks and of their end', () => {
    const { one, other, share } = pair()
    one.fail(3)
    share()
    expect(other.health.standingOf('a')).toBe('blocked')
    one.pass(1_000)
    other.pass(1_000)
    other.health.probe('a')
    other.health.succeeded('a')
    share()
    expect([one.health.standingOf('a'), other.health.standingOf('a')]).toEqual(['ready', 'ready'])
  })

  test('one that lifted a block does not get it back from the other, which heard of it late', () => {
    const { one, other } = pair()
    one.fail(3)
    const [blocked] = one.changes
    one.pass(1_000)
    one.health.succeeded('a')
    if (blocked) one.health.adopt(blocked)
    expect(one.health.standingOf('a')).toBe('ready')
    if (blocked) other.health.adopt({ ...blocked, block: { kind: 'failing', reason: 'x', sinceMs: 1, untilMs: 2 } })
    expect(other.health.untroubled).toBe(true)
  })
})

test('no more subjects are remembered than may be', () => {
  const { health } = stage()
  for (let subject = 0; subject < 50; subject += 1) health.failed(`s${subject}`, REFUSED)
  expect(health.list()).toHaveLength(5)
  expect(health.standingOf('s49')).toBe('blocked')
})

describe('what came first stands', () => {
  test('a success that was under way before a block does not end it', () => {
    const { health, fail, pass } = stage()
    fail(1, { ...LIMITED, retryAfterMs: 60_000 })
    health.succeeded('a', 999_999)
    expect(health.standingOf('a')).toBe('blocked')
    pass(60_000)
    health.succeeded('a')
    expect(health.standingOf('a')).toBe('ready')
  })

  test.each([
    ['a longer wait by a shorter one', { ...LIMITED, retryAfterMs: 600_000 }, { ...LIMITED, retryAfterMs: 1_000 }],
    ['a wait by a limit that names none', { ...LIMITED, retryAfterMs: 600_000 }, LIMITED],
    ['a refusal by a failure', REFUSED, { ...FAILED, effect: 'shun' as const }],
    ['a refusal by a wait', REFUSED, { ...LIMITED, retryAfterMs: 1_000 }],
  ])('and is not replaced: %s', (_, first, second) => {
    const { health, fail } = stage()
    fail(1, first)
    const before = health.blockOf('a')
    fail(1, second)
    expect(health.blockOf('a')).toEqual(before as never)
  })

  test('a clock that is set back makes no block longer', () => {
    const { health, fail, pass } = stage()
    fail(3)
    pass(-21_600_000)
    expect(health.standingOf('a')).toBe('blocked')
    pass(1_000)
    expect(health.standingOf('a')).toBe('probe')
  })

  test('and names that somebody makes up push no block out', () => {
    const { health, fail } = stage()
    fail(1, REFUSED)
    for (let name = 0; name < 50; name += 1) health.failed(`made up ${name}`, FAILED)
    expect(health.standingOf('a')).toBe('blocked')
  })
})
