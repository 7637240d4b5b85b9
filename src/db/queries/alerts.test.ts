import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { openShelf, type Shelf } from '../fixture.ts'
import type { AlertFinding, AlertRuleRecord } from '../types.ts'

const finding = (subject: string): AlertFinding => ({
  subject,
  summary: `${subject} is wrong`,
  value: '2',
  threshold: '1',
})

describe.each(DATABASES)('alerts on %s', (kind) => {
  let shelf: Shelf
  const clock = { nowMs: 1_000 }
  beforeAll(async () => {
    shelf = await openShelf(kind, () => clock.nowMs)
  }, START_TIMEOUT_MS)
  afterAll(() => shelf.close())

  const newRule = (): Promise<AlertRuleRecord> =>
    shelf.store.alerts.create({
      ...{ name: 'a rule', kind: 'provider_paused', condition: '{}', enabled: true },
      ...{ webhookUrl: null, secret: 'whsec_1', emails: ['ops@example.com'], createdBy: 'admin_key' },
    })
  const eventsOf = async ({ id }: AlertRuleRecord, isOpen?: boolean) =>
    (await shelf.store.alerts.events({ ruleId: id, isOpen }, { limit: 100 })).rows

  test('are opened once for each subject, and are over when it is found no more', async () => {
    const { alerts } = shelf.store
    const rule = await newRule()
    expect(await alerts.note(rule, [finding('a'), finding('b')])).toEqual({ fired: 2, resolved: 0 })
    expect(await alerts.note(rule, [finding('a'), finding('b')])).toEqual({ fired: 0, resolved: 0 })
    clock.nowMs = 2_000
    expect(await alerts.note(rule, [finding('b'), finding('c')])).toEqual({ fired: 1, resolved: 1 })
    expect((await eventsOf(rule, true)).map(({ subject }) => subject).toSorted()).toEqual(['b', 'c'])
    expect(await eventsOf(rule, false)).toMatchObject([{ subject: 'a', firedAtMs: 1_000, resolvedAtMs: 2_000 }])
    // What comes again is another event.
    expect(await alerts.note(rule, [finding('a'), finding('b'), finding('c')])).toEqual({ fired: 1, resolved: 0 })
    expect(await eventsOf(rule)).toHaveLength(4)
  })

  test('are opened once, however many look at the same moment', async () => {
    const rule = await newRule()
    await Promise.all(Array.from({ length: 8 }, () => shelf.store.alerts.note(rule, [finding('a')])))
    expect(await eventsOf(rule)).toHaveLength(1)
  })

  test('are told that they began before that they are over, and given up where that is said', async () => {
    const { alerts } = shelf.store
    const rule = await newRule()
    clock.nowMs = 10_000
    await alerts.note(rule, [finding('a')])
    await alerts.note(rule, [])
    const [event] = await eventsOf(rule)
    if (!event) throw new Error('nothing was noted')
    const dueOf = async () => (await alerts.due(1_000)).filter(({ ruleId }) => ruleId === rule.id)
    expect(await dueOf()).toMatchObject([{ told: 'nothing', resolvedAtMs: 10_000 }])
    await alerts.failed(event.id, 'it answered 500', 20_000)
    expect(await dueOf()).toEqual([])
    clock.nowMs = 20_000
    expect(await dueOf()).toMatchObject([{ attempts: 1, failure: 'it answered 500' }])
    await alerts.told(event.id, 'fired', null)
    expect(await dueOf()).toMatchObject([{ told: 'fired', attempts: 0, failure: null }])
    await alerts.told(event.id, 'resolved', null)
    expect(await dueOf()).toEqual([])
    await alerts.note(rule, [finding('b')])
    const [other] = await eventsOf(rule, true)
    await alerts.failed(other?.id ?? '', 'it answered 500', null)
    expect(await dueOf()).toEqual([])
  })

  test('are acknowledged by whoever is first', async () => {
    const { alerts } = shelf.store
    const rule = await newRule()
    await alerts.note(rule, [finding('a')])
    const [event] = await eventsOf(rule)
    expect(await alerts.acknowledge(event?.id ?? '', 'ada')).toMatchObject({ acknowledgedBy: 'ada' })
    expect(await alerts.acknowledge(event?.id ?? '', 'grace')).toMatchObject({ acknowledgedBy: 'ada' })
    expect(await alerts.acknowledge('event_of_nobody', 'grace')).toBeUndefined()
  })

  test('that are over are forgotten from some number on, those that go on never', async () => {
    const { alerts } = shelf.store
    const rule = await newRule()
    clock.nowMs = 30_000
    await alerts.note(rule, [finding('stays')])
    for (let turn = 0; turn < 6; turn += 1) {
      clock.nowMs += 1_000
      await alerts.note(rule, [finding('stays'), finding(String(turn))])
    }
    await alerts.note(rule, [finding('stays')])
    for (const { id } of await alerts.due(1_000)) {
      await alerts.told(id, 'fired', null)
      await alerts.told(id, 'resolved', null)
    }
    await alerts.prune(3)
    const left = (await eventsOf(rule)).map(({ subject }) => subject)
    expect(left).toEqual(['5', '4', '3', 'stays'])
  })

  test('of a rule that is deleted are over, and nobody is told', async () => {
    const { alerts } = shelf.store
    const rule = await newRule()
    await alerts.note(rule, [finding('a')])
    expect(await alerts.remove(rule.id)).toBe(true)
    expect(await alerts.remove(rule.id)).toBe(false)
    expect(await eventsOf(rule, true)).toEqual([])
    expect((await alerts.due(1_000)).filter(({ ruleId }) => ruleId === rule.id)).toEqual([])
  })

  test('rules are changed where something is named', async () => {
    const { alerts } = shelf.store
    const rule = await newRule()
    clock.nowMs += 1_000
    const changed = await alerts.update(rule.id, { enabled: false, webhookUrl: 'https://example.com/', emails: [] })
    expect(changed).toEqual({
      ...rule,
      ...{ enabled: false, webhookUrl: 'https://example.com/', emails: [], updatedAtMs: clock.nowMs },
    })
    expect(await alerts.update('alert_of_nobody', { enabled: false })).toBeUndefined()
  })

  test('one replica at a time has a lease, another once it has run out or is given back', async () => {
    const { replicas } = shelf.store
    clock.nowMs = 100_000
    const won = await Promise.all(['a', 'b', 'c'].map((holder) => replicas.lease('work', holder, 110_000)))
    expect(won.filter(Boolean)).toHaveLength(1)
    const [holder = ''] = ['a', 'b', 'c'].filter((_, index) => won[index])
    const other = holder === 'a' ? 'b' : 'a'
    expect(await replicas.lease('work', holder, 120_000)).toBe(true)
    expect(await replicas.lease('work', other, 130_000)).toBe(false)
    clock.nowMs = 120_001
    expect(await replicas.lease('work', other, 130_000)).toBe(true)
    await replicas.release('work', holder)
    expect(await replicas.lease('work', holder, 140_000)).toBe(false)
    await replicas.release('work', other)
    expect(await replicas.lease('work', holder, 140_000)).toBe(true)
  })

  test('replicas are listed for as long as they say that they live', async () => {
    const { replicas } = shelf.store
    const replica = (id: string) => ({ id, host: 'h', version: '1', startedAtMs: 1, seenAtMs: 0 })
    await replicas.beat({ ...replica('one'), seenAtMs: 1_000 }, 0)
    await replicas.beat({ ...replica('two'), seenAtMs: 2_000 }, 0)
    await replicas.beat({ ...replica('two'), seenAtMs: 3_000 }, 1_500)
    expect(await replicas.list()).toEqual([{ ...replica('two'), seenAtMs: 3_000 }])
    await replicas.leave('two')
    expect(await replicas.list()).toEqual([])
  })
})
