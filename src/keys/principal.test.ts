import { describe, expect, test } from 'bun:test'
import type { FoundKey } from '../db/types.ts'
import { nanoUsd, ONE, ZERO_USD } from '../units.ts'
import { type KeyLimits, mayDo, mayUse, toPrincipal } from './principal.ts'
import type { Scope } from './types.ts'

const FOUND: FoundKey = {
  key: {
    id: 'key_1',
    userId: 'user_1',
    projectId: null,
    name: 'laptop',
    group: 'default',
    prefix: 'sk-tg-abcdef',
    models: null,
    ipAllow: null,
    scopes: [],
    labels: ['ci'],
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
  },
  user: { id: 'user_1', email: 'a@example.com', plan: null, rateMultiplier: ONE, overdraft: ZERO_USD, createdAtMs: 0 },
  projectBudgets: [],
  validUntilMs: null,
}
const NO_LIMITS: KeyLimits = { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null }
const BASIC: KeyLimits = { rpm: 200, tpm: 1_000_000, itpm: 800_000, otpm: 300_000, concurrency: 4 }
const PLANS = new Map<string, KeyLimits>([
  ['basic', BASIC],
  ['open', NO_LIMITS],
])
const CEILING: KeyLimits = { ...NO_LIMITS, rpm: 1_000, concurrency: 64 }

describe('the limits of a principal', () => {
  const own: KeyLimits = { rpm: 5, tpm: 50, itpm: 40, otpm: 10, concurrency: 1 }
  test.each<[string, Partial<KeyLimits>, string | null, KeyLimits]>([
    ["the key's own come first", own, 'basic', own],
    ["each missing one is the plan's", { tpm: 50, otpm: 10 }, 'basic', { ...BASIC, tpm: 50, otpm: 10 }],
    ["the key's own come before the ceiling's", { concurrency: 1 }, null, { ...CEILING, concurrency: 1 }],
    ["a plan without limits leaves the ceiling's", {}, 'open', CEILING],
    ["a plan nobody configured leaves the ceiling's", {}, 'gone', CEILING],
    ["no plan leaves the ceiling's", {}, null, CEILING],
  ])('%s', (_, limits, plan, expected) => {
    const found = { ...FOUND, key: { ...FOUND.key, ...limits }, user: { ...FOUND.user, plan } }
    expect(toPrincipal(found, PLANS, CEILING)).toMatchObject(expected)
  })
})

test('a principal carries what its key and its user say', () => {
  const key = {
    ...FOUND.key,
    models: ['m1'],
    scopes: ['embed' as const],
    budgets: [{ window: 'day' as const, limit: nanoUsd(7n) }],
    expiresAtMs: 9,
    projectId: 'project_1',
  }
  const projectBudgets = [{ window: 'total' as const, limit: nanoUsd(9n) }]
  expect(toPrincipal({ ...FOUND, key, projectBudgets }, PLANS, CEILING)).toEqual({
    keyId: 'key_1',
    userId: 'user_1',
    projectId: 'project_1',
    group: 'default',
    models: new Set(['m1']),
    ipAllow: null,
    scopes: new Set<Scope>(['embed']),
    labels: ['ci'],
    ...CEILING,
    budgets: [
      { subject: 'key:key_1', window: 'day', limit: nanoUsd(7n) },
      { subject: 'project:project_1', window: 'total', limit: nanoUsd(9n) },
    ],
    expiresAtMs: 9,
    userMultiplier: ONE,
    plan: null,
  })
})

describe('a key may use a model', () => {
  test.each<[string, readonly string[] | null, string, string, boolean]>([
    ['any, when it has no list', null, 'm1', 'm1', true],
    ['that its list names', ['m1', 'm2'], 'm2', 'm2', true],
    ['whose alias its list names', ['team/fast'], 'team/fast', 'm1', true],
    ['that an alias stands for', ['m1'], 'team/fast', 'm1', true],
    ['but not one that is not listed', ['m1'], 'm3', 'm3', false],
    ['but not by the start of a name', ['m1'], 'm1-large', 'm1-large', false],
    ['but none at all when its list is empty', [], 'm1', 'm1', false],
  ])('%s', (_, list, requested, resolved, allowed) => {
    const answer = mayUse({ models: list === null ? null : new Set(list) }, requested, resolved)
    expect(answer.ok).toBe(allowed)
    if (answer.ok) return
    expect(answer.error.kind).toBe('model-not-allowed')
    expect(answer.error.param).toBe('model')
    expect(answer.error.message).toContain(`"${requested}"`)
  })

  test('and the refusal stays short, however long the list and the name', () => {
    const models = new Set(Array.from({ length: 500 }, (_, index) => `model-${index}`))
    const answer = mayUse({ models }, 'x'.repeat(10_000))
    expect(answer.ok || answer.error.message.length).toBeLessThan(500)
    expect(answer.ok || answer.error.message).toContain('and 490 more')
  })
})

describe('a key may do', () => {
  test.each<[Parameters<typeof mayDo>[1], readonly Scope[], boolean]>([
    ['generate', [], true],
    ['receipts', [], true],
    ['generate', ['generate'], true],
    ['count-tokens', ['generate'], true],
    ['embed-batch', ['embed'], true],
    ['generate', ['embed', 'models'], false],
    ['embed', ['generate'], false],
    ['models', ['generate'], false],
    ['receipts', ['generate', 'embed', 'models'], false],
  ])('%s with the scopes %p: %p', (action, scopes, allowed) => {
    const answer = mayDo({ scopes: new Set(scopes) }, action)
    expect(answer.ok).toBe(allowed)
    if (!answer.ok) expect(answer.error.kind).toBe('scope-not-allowed')
  })
})
