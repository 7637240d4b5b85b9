import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'
import { ask, called, type Json, placeFor, STAGE_MS, startOn, startVendor, type Vendor } from './stage.ts'

interface Tried {
  readonly at: string
  readonly counts: { readonly index: number; readonly name: string } | null
  readonly rules: readonly {
    readonly name: string
    readonly enabled: boolean
    readonly holds: boolean | null
    readonly conditions: readonly { readonly condition: string; readonly holds: boolean | null }[]
  }[]
}

const RULES = [
  { name: 'off', enabled: false, do: { refuse: 'Never said.' } },
  { when: { models: ['house/l*'], tools: true }, do: { refuse: 'No tools with the large one.' } },
  { name: 'nights', when: { hours: '22:00-06:00', days: ['mon'], zone: 'Europe/Berlin' }, do: { refuse: 'Not now.' } },
  { name: 'large', when: { models: ['house/large'] }, do: { model: 'house/small' } },
]

describe.each(DATABASES)('on %s', (kind) => {
  let vendor: Vendor
  let gateway: Gateway
  beforeAll(async () => {
    vendor = startVendor()
    gateway = await startOn(await placeFor(kind), vendor, { groups: { filed: { rules: [RULES[3]] } } })
    await called(gateway, 201, 'POST', 'groups', { id: 'default', rules: RULES })
  }, STAGE_MS)
  afterAll(async () => {
    await gateway?.stop()
    vendor?.stop()
  }, STAGE_MS)

  const tried = (request: object, more: Json = {}, group = 'default') =>
    called<Tried>(gateway, 200, 'POST', `groups/${group}/rules/try`, { request, ...more })
  /** A Tuesday, an hour after midnight in Berlin: part of Monday's night. */
  const NIGHT = '2026-11-24T00:30:00Z'
  const DAY = '2026-11-24T12:00:00Z'

  test.each([
    ['nothing is known of', {}, null],
    ['nights are for', { model: 'house/small', at: NIGHT }, 'nights'],
    ['another model is asked by', { model: 'house/large', tools: false, at: DAY }, 'large'],
    ['has tools', { model: 'house/large', tools: true, at: DAY }, 'rule 2'],
    ['may have tools', { model: 'house/large', at: DAY }, 'large'],
    ['nothing is said about', { model: 'house/small', tools: true, at: DAY }, null],
  ])('the rule is told for a request that %s: %p, %p', async (_what, request, name) => {
    const { counts } = await tried({ at: DAY, ...request })
    expect(counts?.name ?? null).toBe(name)
  })

  test('each condition is told by itself, and what nobody can tell is not a yes', async () => {
    const { at, rules } = await tried({ model: 'house/large', at: DAY })
    expect(at).toBe('2026-11-24T12:00:00.000Z')
    expect(rules.map(({ name, enabled, holds }) => [name, enabled, holds])).toEqual([
      ['off', false, true],
      ['rule 2', true, null],
      ['nights', true, false],
      ['large', true, true],
    ])
    expect(rules[1]?.conditions).toEqual([
      { condition: 'models', holds: true },
      { condition: 'tools', holds: null },
    ])
    expect(rules[2]?.conditions).toEqual([{ condition: 'hours', holds: false }])
  })

  test('what is told is what becomes of a request, and one that is off does nothing', async () => {
    const { key } = await gateway.createCustomer('10')
    await called(gateway, 200, 'PATCH', 'groups/default', { rules: [RULES[0], { ...RULES[3], do: { refuse: 'No.' } }] })
    for (const [model, status] of [
      ['house/large', 403],
      ['house/small', 200],
    ] as const) {
      const { counts } = await tried({ model, format: 'openai-chat' })
      expect(await ask(gateway, key, model)).toBe(status)
      expect(counts?.name).toBe(status === 403 ? 'large' : undefined)
    }
    await called(gateway, 200, 'PATCH', 'groups/default', { rules: RULES })
  })

  test('rules that are drafted are tried without being saved, and refused as they would be', async () => {
    const rules = [{ name: 'drafted', when: { stream: true }, do: { model: 'house/small' } }]
    expect((await tried({ stream: true }, { rules })).counts).toEqual({ index: 0, name: 'drafted' })
    const wrong = [{ when: { hours: 'noon' }, do: { model: 'house/none' } }]
    const { error } = await called<{ error: { details: { mistakes: { field: string }[] } } }>(
      gateway,
      400,
      'POST',
      'groups/default/rules/try',
      { request: {}, rules: wrong },
    )
    const at = error.details.mistakes.map(({ field }) => field).toSorted()
    expect(at).toEqual(['rules[0].do.model', 'rules[0].when.hours'])
    const stored = await called<{ rules: readonly unknown[] }>(gateway, 200, 'GET', 'groups/default')
    expect(stored.rules).toHaveLength(RULES.length)
    const { data } = await called<{ data: { action: string }[] }>(gateway, 200, 'GET', 'audit-log')
    expect(data.map(({ action }) => action)).not.toContain('tryRules')
  })

  test('rules of the file are tried as they are, and no others in their place', async () => {
    expect((await tried({ model: 'house/large' }, {}, 'filed')).counts?.name).toBe('large')
    await called(gateway, 409, 'POST', 'groups/filed/rules/try', { request: {}, rules: [] })
    await called(gateway, 404, 'POST', 'groups/nobody/rules/try', { request: {} })
    await called(gateway, 400, 'POST', 'groups/default/rules/try', { request: { headers: { 'a b': 'c' } } })
  })
})

describe.each(DATABASES)('provider keys on %s', (kind) => {
  test.each([
    ['with an encryption key', {}, true],
    ['without one', { encryption_key: null }, kind === 'sqlite'],
  ])('%s: whether they can be stored is told before one is sent', async (_what, config, storable) => {
    const vendor = startVendor()
    const gateway = await startOn(await placeFor(kind), vendor, config)
    const system = await called<{ provider_keys: { storable: boolean } }>(gateway, 200, 'GET', 'system')
    expect(system.provider_keys.storable).toBe(storable)
    const made = await gateway.call('POST', '/api/admin/providers', {
      ...{ id: 'mine', kind: 'openai', keys: [{ id: 'one', key: 'sk-1234567890' }] },
    })
    expect(made.status === 201).toBe(storable)
    await gateway.stop()
    vendor.stop()
  })
})
