import { describe, expect, test } from 'bun:test'
import type { FoundKey } from '../db/types.ts'
import { ONE, ZERO_USD } from '../units.ts'
import { type AuthenticatorOptions, createAuthenticator } from './authenticate.ts'
import { hashSecret, newAdminSecret, newSecret } from './secret.ts'
import type { KeyRecord } from './types.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const TTL_MS = 60_000
const HERE = '127.0.0.1'

const keyRecord = (changes: Partial<KeyRecord> = {}): KeyRecord => ({
  id: 'key_1',
  userId: 'user_1',
  projectId: null,
  name: 'laptop',
  group: 'default',
  prefix: 'sk-tg-abcdef',
  models: null,
  ipAllow: null,
  scopes: [],
  labels: [],
  rpm: null,
  tpm: null,
  itpm: null,
  otpm: null,
  concurrency: null,
  budgets: [],
  createdAtMs: 0,
  expiresAtMs: null,
  revokedAtMs: null,
  madeBy: 'operator',
  ...changes,
})
const found = (changes: Partial<KeyRecord> = {}, validUntilMs: number | null = null): FoundKey => ({
  key: keyRecord(changes),
  user: { id: 'user_1', email: 'a@example.com', plan: null, rateMultiplier: ONE, overdraft: ZERO_USD, createdAtMs: 0 },
  projectBudgets: [],
  validUntilMs,
})

/** An authenticator over a map, with a clock that stands still until moved and a count of the look-ups. */
const setUp = (options: Partial<AuthenticatorOptions> = {}) => {
  const rows = new Map<string, FoundKey>()
  const state = { nowMs: NOW_MS, lookUps: 0 }
  const findByHash = async (hash: string): Promise<FoundKey | undefined> => {
    state.lookUps++
    // The row as it was when the question was asked, delivered a little later, as a database does.
    const row = rows.get(hash)
    await Promise.resolve()
    return row
  }
  const authenticator = createAuthenticator({
    store: { keys: { findByHash } },
    plans: new Map(),
    ceiling: { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null },
    cacheEntriesMax: 100,
    cacheTtlMs: TTL_MS,
    nowMs: () => state.nowMs,
    ...options,
  })
  const add = (row: FoundKey = found()): string => {
    const { secret, hash } = newSecret()
    rows.set(hash, row)
    return secret
  }
  const kind = async (secret: string | undefined, ip = HERE): Promise<string> => {
    const answer = await authenticator.authenticate(secret, ip)
    return answer.ok ? answer.value.keyId : answer.error.kind
  }
  const message = async (secret: string | undefined, ip = HERE): Promise<string> => {
    const answer = await authenticator.authenticate(secret, ip)
    return answer.ok ? '' : answer.error.message
  }
  return { ...authenticator, rows, state, add, kind, message }
}

describe('whoever has no valid key is told what is wrong and what to do', () => {
  const { add, message, kind, state } = setUp()
  const good = add()
  test.each<[string, string | undefined, string]>([
    ['no key', undefined, 'No API key was sent'],
    ['an empty key', '', 'No API key was sent'],
    ["a provider's key", 'sk-ant-api03-abc', 'not a Tollgate key'],
    ['a cut key', good.slice(0, -3), 'length is wrong'],
    ['a quoted key', `${good.slice(0, -1)}"`, 'character'],
    [
      'a mistyped key',
      good.slice(0, -1) + (good.endsWith('x') ? 'y' : 'x'),
      'the key has a typo: its checksum is wrong',
    ],
    ['an admin key', newAdminSecret().secret, 'admin key'],
  ])('%s costs no look-up', async (_, secret, expected) => {
    expect((await message(secret)).toLowerCase()).toContain(expected.toLowerCase())
    expect(await kind(secret)).toBe('invalid-api-key')
    expect(state.lookUps).toBe(0)
  })

  test.each<[string, FoundKey, string]>([
    ['a revoked key', found({ revokedAtMs: NOW_MS - 1 }), 'revoked on 2025-12-31T23:59:59.999Z'],
    ['an expired key', found({ expiresAtMs: NOW_MS }), 'expired on 2026-01-01'],
    ['the old secret of a rotated key', found({}, NOW_MS), 'rotated, and its old secret stopped working'],
    ['a key both rotated and revoked', found({ revokedAtMs: 1 }, 1), 'revoked on'],
  ])('%s', async (_, row, expected) => {
    const context = setUp()
    const secret = context.add(row)
    expect(await context.message(secret)).toContain(expected)
    expect(await context.kind(secret)).toBe('invalid-api-key')
  })

  test('an unknown key', async () => {
    expect(await message(newSecret().secret)).toContain('unknown here')
  })
})

describe('the cache', () => {
  test('asks once for a key until its time is up', async () => {
    const { add, kind, state } = setUp()
    const secret = add()
    expect([await kind(secret), await kind(secret), state.lookUps]).toEqual(['key_1', 'key_1', 1])
    state.nowMs += TTL_MS - 1
    expect([await kind(secret), state.lookUps]).toEqual(['key_1', 1])
    state.nowMs += 1
    expect([await kind(secret), state.lookUps]).toEqual(['key_1', 2])
  })

  test('asks again when the clock was set back', async () => {
    const { add, kind, state } = setUp()
    const secret = add()
    await kind(secret)
    state.nowMs -= 3_600_000
    expect([await kind(secret), state.lookUps]).toEqual(['key_1', 2])
  })

  test('makes one look-up for 200 requests with one cold key, known or unknown', async () => {
    for (const row of [found(), undefined]) {
      const { add, kind, state } = setUp()
      const secret = row ? add(row) : newSecret().secret
      const answers = await Promise.all(Array.from({ length: 200 }, () => kind(secret)))
      expect(new Set(answers)).toEqual(new Set([row ? 'key_1' : 'invalid-api-key']))
      expect(state.lookUps).toBe(1)
    }
  })

  test('remembers an unknown key for its own short time only', async () => {
    const { rows, kind, state } = setUp({ unknownTtlMs: 1_000 })
    const { secret } = newSecret()
    expect([await kind(secret), await kind(secret), state.lookUps]).toEqual(['invalid-api-key', 'invalid-api-key', 1])
    rows.set(hashSecret(secret), found())
    state.nowMs += 1_000
    expect([await kind(secret), state.lookUps]).toEqual(['key_1', 2])
  })

  test('is not emptied of known keys by a flood of unknown ones', async () => {
    const { add, kind, state } = setUp({ cacheEntriesMax: 2, unknownEntriesMax: 2 })
    const secret = add()
    await kind(secret)
    for (let count = 0; count < 20; count++) await kind(newSecret().secret)
    expect(state.lookUps).toBe(21)
    expect([await kind(secret), state.lookUps]).toEqual(['key_1', 21])
  })

  test('forgets the key used longest ago when it is full', async () => {
    const { add, kind, state } = setUp({ cacheEntriesMax: 2 })
    const [first, second, third] = [add(), add(), add()]
    for (const secret of [first, second, first, third]) await kind(secret)
    expect(state.lookUps).toBe(3)
    await kind(first)
    expect(state.lookUps).toBe(3)
    await kind(second)
    expect(state.lookUps).toBe(4)
  })

  test('does not outlive an expiry or the end of a rotation', async () => {
    for (const row of [found({ expiresAtMs: NOW_MS + 10 }), found({}, NOW_MS + 10)]) {
      const { add, kind, state } = setUp()
      const secret = add(row)
      expect(await kind(secret)).toBe('key_1')
      state.nowMs += 10
      expect([await kind(secret), state.lookUps]).toEqual(['invalid-api-key', 1])
    }
  })
})

describe('a change is seen at once', () => {
  test('after invalidate, under every secret of the key, and others stay cached', async () => {
    const { add, rows, kind, invalidate, state } = setUp()
    const [old, current, other] = [add(found({}, NOW_MS + 1_000)), add(), add(found({ id: 'key_2' }))]
    for (const secret of [old, current, other]) await kind(secret)
    for (const secret of [old, current]) rows.set(hashSecret(secret), found({ revokedAtMs: NOW_MS }))
    invalidate('key_1')
    expect([await kind(old), await kind(current), await kind(other)]).toEqual([
      'invalid-api-key',
      'invalid-api-key',
      'key_2',
    ])
    expect(state.lookUps).toBe(5)
  })

  test('after invalidateUser and invalidateProject, for every key of theirs and for no other', async () => {
    const { add, rows, authenticate, invalidateUser, invalidateProject } = setUp()
    const secrets = [add(found({ projectId: 'project_1' })), add(found({ id: 'key_2' }))]
    const plans = async () =>
      Promise.all(
        secrets.map(async (secret) => {
          const answer = await authenticate(secret, HERE)
          return answer.ok ? answer.value.plan : answer.error.kind
        }),
      )
    const give = (plan: string): void => {
      for (const [hash, row] of rows) rows.set(hash, { ...row, user: { ...row.user, plan } })
    }
    expect(await plans()).toEqual([null, null])
    give('pro')
    expect(await plans()).toEqual([null, null])
    invalidateProject('project_1')
    expect(await plans()).toEqual(['pro', null])
    give('basic')
    invalidateUser('user_1')
    expect(await plans()).toEqual(['basic', 'basic'])
  })

  test('after invalidateAll, known and unknown alike', async () => {
    const { add, rows, kind, invalidateAll } = setUp()
    const [secret, { secret: created }] = [add(), newSecret()]
    await kind(secret)
    await kind(created)
    rows.set(hashSecret(secret), found({ revokedAtMs: NOW_MS }))
    rows.set(hashSecret(created), found({ id: 'key_2' }))
    invalidateAll()
    expect([await kind(secret), await kind(created)]).toEqual(['invalid-api-key', 'key_2'])
  })

  test('even when a look-up from before the change is still open', async () => {
    const { add, rows, kind, invalidate, state } = setUp()
    const secret = add()
    const early = kind(secret)
    rows.set(hashSecret(secret), found({ revokedAtMs: NOW_MS }))
    invalidate('key_1')
    // The early answer was read before the revocation; the later request neither joins it nor finds it cached.
    expect([await kind(secret), await early]).toEqual(['invalid-api-key', 'key_1'])
    expect([await kind(secret), state.lookUps]).toEqual(['invalid-api-key', 2])
  })

  test('even when that look-up is answered last of all', async () => {
    const answers: ((row: FoundKey | undefined) => void)[] = []
    const findByHash = () => new Promise<FoundKey | undefined>((resolve) => answers.push(resolve))
    const { authenticate, invalidate } = setUp({ store: { keys: { findByHash } } })
    const { secret } = newSecret()
    const early = authenticate(secret, HERE)
    invalidate('key_1')
    const late = authenticate(secret, HERE)
    answers[0]?.(found())
    expect((await early).ok).toBe(true)
    // The end of the early look-up takes nothing from those who wait for the late one.
    const joined = authenticate(secret, HERE)
    expect(answers).toHaveLength(2)
    answers[1]?.(found({ revokedAtMs: NOW_MS }))
    expect([(await late).ok, (await joined).ok, (await authenticate(secret, HERE)).ok]).toEqual([false, false, false])
    expect(answers).toHaveLength(2)
  })

  test('even when a look-up from before the change ends after one from behind it', async () => {
    const answers: ((row: FoundKey | undefined) => void)[] = []
    const findByHash = () => new Promise<FoundKey | undefined>((resolve) => answers.push(resolve))
    const { authenticate, invalidate } = setUp({ store: { keys: { findByHash } } })
    const { secret } = newSecret()
    const early = authenticate(secret, HERE)
    invalidate('key_1')
    const late = authenticate(secret, HERE)
    answers[1]?.(found({ revokedAtMs: NOW_MS }))
    await late
    answers[0]?.(found())
    await early
    expect((await authenticate(secret, HERE)).ok).toBe(false)
  })
})

describe('a key with an address list', () => {
  const { add, kind, message, state } = setUp()
  const secret = add(found({ ipAllow: ['10.0.0.0/8', '2001:db8::/32', 'nonsense'] }))
  test.each([
    ['10.1.2.3', 'key_1'],
    ['::ffff:10.1.2.3', 'key_1'],
    ['2001:DB8::7', 'key_1'],
    ['11.1.2.3', 'ip-not-allowed'],
    ['::ffff:11.1.2.3', 'ip-not-allowed'],
    ['2001:db9::7', 'ip-not-allowed'],
    ['', 'ip-not-allowed'],
    ['nonsense', 'ip-not-allowed'],
  ])('from %p: %s', async (ip, expected) => {
    expect(await kind(secret, ip)).toBe(expected)
    expect(state.lookUps).toBe(1)
  })

  test('names the address that was refused', async () => {
    expect(await message(secret, '::ffff:11.1.2.3')).toContain('11.1.2.3')
  })

  test('lets nobody in when the list is empty', async () => {
    expect(await kind(add(found({ ipAllow: [] })))).toBe('ip-not-allowed')
  })
})

describe('a store in trouble', () => {
  test.each<[string, () => Promise<undefined>]>([
    ['fails', () => Promise.reject(new Error('disk gone'))],
    [
      'throws',
      () => {
        throw new Error('disk gone')
      },
    ],
  ])('that %s is a failure of ours, told only to the log, and is not remembered', async (_, findByHash) => {
    const store = { keys: { findByHash } }
    const { authenticate } = setUp({ store })
    const { secret } = newSecret()
    const refused = await authenticate(secret, HERE)
    if (refused.ok) throw new Error('admitted without a look-up')
    expect(refused.error.kind).toBe('internal')
    expect(refused.error.message).not.toContain('disk gone')
    expect(refused.error.internal).toContain('disk gone')
    store.keys.findByHash = () => Promise.resolve(undefined)
    const after = await authenticate(secret, HERE)
    expect(after.ok || after.error.kind).toBe('invalid-api-key')
  })

  test('that does not answer is asked by so many at once and no more', async () => {
    let answer: (key: undefined) => void = () => undefined
    const pending = new Promise<undefined>((resolve) => {
      answer = resolve
    })
    const { authenticate } = setUp({ store: { keys: { findByHash: () => pending } }, lookupsMax: 3 })
    const first = Array.from({ length: 3 }, () => authenticate(newSecret().secret, HERE))
    const refused = await authenticate(newSecret().secret, HERE)
    expect(refused.ok || refused.error.kind).toBe('overloaded')
    answer(undefined)
    for (const one of await Promise.all(first)) expect(one.ok || one.error.kind).toBe('invalid-api-key')
    const later = await authenticate(newSecret().secret, HERE)
    expect(later.ok || later.error.kind).toBe('invalid-api-key')
  })
})
