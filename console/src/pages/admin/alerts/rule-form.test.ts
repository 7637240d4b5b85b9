import { describe, expect, test } from 'bun:test'
import { changesOf, draftOf, EMPTY_RULE, faultsOf, ruleOf } from './rule-form.ts'

describe('a rule from its form', () => {
  test('has figures as numbers, and nothing that was not entered', () => {
    const draft = { ...EMPTY_RULE, name: ' Errors ', kind: 'error_rate', percent: '10', window: '5m' } as const
    expect(ruleOf(draft)).toEqual({
      name: 'Errors',
      kind: 'error_rate',
      condition: { percent: 10, window: '5m' },
      webhook_url: null,
      emails: [],
    })
  })

  test('leaves out what was entered for another kind', () => {
    expect(ruleOf({ ...EMPTY_RULE, kind: 'ledger_fault', percent: '10', provider: 'a' }).condition).toEqual({})
  })

  test('has one address for each that was entered, by line or comma', () => {
    const emails = 'ada@example.com\n bob@example.com, eve@example.com\n'
    expect(ruleOf({ ...EMPTY_RULE, emails }).emails).toEqual(['ada@example.com', 'bob@example.com', 'eve@example.com'])
  })

  test('is refused where its kind needs what was not entered', () => {
    expect(faultsOf({ ...EMPTY_RULE, name: 'x', kind: 'balance_low' })).toEqual({
      'condition.user_id': 'required',
      'condition.amount_usd': 'required',
    })
  })
})

const RULE = {
  id: 'alert_1',
  name: 'Spending',
  kind: 'spend_above',
  condition: { amount_usd: '10.000000000', of: 'provider_cost', provider: 'main' },
  enabled: true,
  webhook_url: 'https://hooks.example.com/…',
  emails: ['ada@example.com'],
  created_at: '2026-11-21T00:00:00.000Z',
  created_by: 'admin_key',
  updated_at: '2026-11-21T00:00:00.000Z',
} as const

describe('a rule that is changed', () => {
  test('is sent nothing where nothing was changed', () => {
    expect(changesOf(RULE, draftOf(RULE), false)).toEqual({})
  })

  test.each([
    ['its name', { name: 'Costs ' }, { name: 'Costs' }],
    ['its condition as a whole', { provider: '' }, { condition: { amount_usd: '10', of: 'provider_cost' } }],
    ['its addresses', { emails: '' }, { emails: [] }],
    ['where messages go', { webhook: 'https://x.example/1' }, { webhook_url: 'https://x.example/1' }],
  ])('is sent %s alone where that was changed', (_, change, body) => {
    expect(changesOf(RULE, { ...draftOf(RULE), ...change }, false)).toEqual(body)
  })

  test('loses its webhook only where that was said', () => {
    expect(changesOf(RULE, draftOf(RULE), true)).toEqual({ webhook_url: null })
  })

  test('gets a secret that can be shown with its first webhook', () => {
    const draft = { ...draftOf(RULE), webhook: 'https://x.example/1' }
    expect(changesOf({ ...RULE, webhook_url: null }, draft, false)).toEqual({
      webhook_url: 'https://x.example/1',
      rotate_secret: true,
    })
  })
})
