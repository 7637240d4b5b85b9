import { describe, expect, test } from 'bun:test'
import type { AlertEventRecord, AlertRuleRecord, AlertStore } from '../db/types.ts'
import { ok } from '../result.ts'
import type { Sight } from './evaluate.ts'
import { type AlertWatchDeps, createAlertWatch } from './watch.ts'

const ruleOf = (index: number): AlertRuleRecord => ({
  ...{ id: `alert_${index}`, name: `rule ${index}`, kind: 'provider_paused', condition: '{}', enabled: true },
  ...{ webhookUrl: null, secret: 'whsec_1', emails: [`${index}@example.com`], createdBy: 'admin_key' },
  ...{ createdAtMs: 1, updatedAtMs: 1 },
})
const eventOf = (index: number): AlertEventRecord => ({
  ...{ id: `event_${index}`, ruleId: `alert_${index}`, ruleName: `rule ${index}`, kind: 'provider_paused' },
  ...{ subject: '', summary: 'It is.', value: null, threshold: null, firedAtMs: 1, resolvedAtMs: null },
  ...{ acknowledgedAtMs: null, acknowledgedBy: null, told: 'nothing', attempts: 0, nextAtMs: 1, failure: null },
})

/** A watch of so many rules, each with an event to tell; time goes on with each message alone. */
const watchOf = (count: number, eachMs: number, given: Partial<AlertWatchDeps> = {}) => {
  const seen = { told: new Map<string, number>(), atOnce: 0, atOnceMax: 0, renewals: 0 }
  const clock = { nowMs: 1_000 }
  const store: Pick<AlertStore, 'rules' | 'note' | 'due' | 'told' | 'failed' | 'prune'> = {
    rules: async () => Array.from({ length: count }, (_, index) => ruleOf(index)),
    note: async () => ({ fired: 0, resolved: 0 }),
    due: async (limit) => Array.from({ length: Math.min(count, limit) }, (_, index) => eventOf(index)),
    told: async (id) => void seen.told.set(id, (seen.told.get(id) ?? 0) + 1),
    failed: async () => undefined,
    prune: async () => 0,
  }
  const watch = createAlertWatch({
    store: store as AlertStore,
    sight: { pauses: async () => [] } as unknown as Sight,
    eventsMax: 10,
    timeoutMs: 10_000,
    privateAddresses: false,
    sendMail: async () => {
      seen.atOnce += 1
      seen.atOnceMax = Math.max(seen.atOnceMax, seen.atOnce)
      await new Promise((resolve) => setImmediate(resolve))
      clock.nowMs += eachMs
      seen.atOnce -= 1
      return ok(undefined)
    },
    nowMs: () => clock.nowMs,
    renew: async () => {
      seen.renewals += 1
      return true
    },
    onFailure: () => undefined,
    ...given,
  })
  return { watch, seen }
}

describe('telling what is due', () => {
  test('is done for several at once, for each once, and not for more than ten at once', async () => {
    const { watch, seen } = watchOf(40, 0)
    await watch.turn()
    expect([...seen.told.values()]).toEqual(Array.from({ length: 40 }, () => 1))
    expect(seen.atOnceMax).toBe(10)
  })

  test('ends when its time is over, and says on the way that it goes on', async () => {
    const { watch, seen } = watchOf(40, 2_000)
    await watch.turn()
    // 15 are over when 30 seconds are; nine more were under way.
    expect(seen.told.size).toBe(24)
    expect(seen.renewals).toBeGreaterThanOrEqual(4)
  })

  test('ends where another replica has taken over', async () => {
    const { watch, seen } = watchOf(40, 2_000, { renew: async () => false })
    await watch.turn()
    expect(seen.told.size).toBeLessThan(20)
  })

  test('ends for all when one cannot be noted, after what is under way', async () => {
    const { watch, seen } = watchOf(3, 0, {
      sendMail: async () => {
        throw new Error('a defect')
      },
    })
    expect(
      await watch.turn().then(
        () => 'nothing',
        (error: Error) => error.message,
      ),
    ).toBe('a defect')
    expect(seen.told.size).toBe(0)
  })
})
