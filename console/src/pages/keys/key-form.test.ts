import { describe, expect, test } from 'bun:test'
import { changesOf, draftOf, EMPTY_DRAFT, faultsOf, type Key, type KeyDraft, newKeyOf } from './key-form.ts'

const KEY: Key = {
  id: 'key_1',
  user_id: 'user_1',
  project_id: null,
  name: 'build server',
  group: 'default',
  prefix: 'sk-tg-1',
  state: 'active',
  models: ['a', 'b'],
  rpm: 60,
  tpm: null,
  itpm: null,
  otpm: null,
  concurrency: null,
  budget_usd: '25.500000000',
  budgets: { day: '5.000000000' },
  ip_allow: ['203.0.113.0/24'],
  scopes: [],
  labels: [],
  made_by: 'member',
  created_at: '2026-11-01T00:00:00.000Z',
  expires_at: '2027-01-31T12:00:00.000Z',
  revoked_at: null,
}

const changed = (changes: Partial<KeyDraft>): KeyDraft => ({ ...draftOf(KEY), ...changes })

describe('a new key', () => {
  test('is asked for with its name alone where nothing else was entered', () => {
    expect(newKeyOf({ ...EMPTY_DRAFT, name: ' laptop ' })).toEqual({ name: 'laptop' })
  })

  test('is asked for with everything that was entered, amounts as the text they are', () => {
    const draft: KeyDraft = {
      ...EMPTY_DRAFT,
      name: 'ci',
      group: 'fast',
      projectId: 'project_1',
      models: ['m'],
      limits: { ...EMPTY_DRAFT.limits, rpm: '60' },
      budgets: { ...EMPTY_DRAFT.budgets, total: '25.10', month: '5' },
      ipAllow: '203.0.113.7\n 2001:db8::/32, ',
      scopes: ['generate'],
    }
    expect(newKeyOf(draft)).toEqual({
      name: 'ci',
      group: 'fast',
      project_id: 'project_1',
      models: ['m'],
      rpm: 60,
      budget_usd: '25.10',
      budgets: { month: '5' },
      ip_allow: ['203.0.113.7', '2001:db8::/32'],
      scopes: ['generate'],
    })
  })
})

describe('a changed key', () => {
  test('is sent nothing where nothing was changed', () => {
    expect(changesOf(KEY, draftOf(KEY))).toEqual({})
  })

  test.each([
    ['a name', changed({ name: 'laptop' }), { name: 'laptop' }],
    ['models that were taken away', changed({ models: [] }), { models: null }],
    ['a limit that was taken away', changed({ limits: { ...draftOf(KEY).limits, rpm: '' } }), { rpm: null }],
    ['addresses', changed({ ipAllow: '' }), { ip_allow: null }],
    ['an expiry', changed({ expires: '' }), { expires_at: null }],
    [
      'budgets, one gone and one come',
      changed({ budgets: { ...draftOf(KEY).budgets, total: '', week: '9' } }),
      { budget_usd: null, budgets: { week: '9' } },
    ],
    ['an amount that is written otherwise', changed({ budgets: { ...draftOf(KEY).budgets, day: '5.000' } }), {}],
  ])('is sent only %s', (_, draft, body) => {
    expect(changesOf(KEY, draft)).toEqual(body)
  })
})

describe('what was entered', () => {
  test('shows amounts without the zeros at their end, and never fewer places than there are', () => {
    expect(draftOf(KEY).budgets).toMatchObject({ total: '25.50', day: '5' })
    expect(draftOf({ ...KEY, budget_usd: '0.000000120' }).budgets.total).toBe('0.00000012')
  })

  test.each([
    ['name', { name: ' ' }],
    ['rpm', { limits: { ...EMPTY_DRAFT.limits, rpm: '1.5' } }],
    ['budget_usd', { budgets: { ...EMPTY_DRAFT.budgets, total: '0' } }],
    ['budgets.day', { budgets: { ...EMPTY_DRAFT.budgets, day: '1,50' } }],
  ] as const)('is held back for its %s', (field, changes) => {
    expect(Object.keys(faultsOf({ ...EMPTY_DRAFT, name: 'ok', ...changes }))).toEqual([field])
  })
})
