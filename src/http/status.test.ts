import { describe, expect, test } from 'bun:test'
import type { ServedDay } from '../db/types.ts'
import { Health } from '../routing/health.ts'
import { channelSubject } from '../routing/subjects.ts'
import { channelOf, modelOf } from '../routing/test-parts.ts'
import type { Channel } from '../routing/types.ts'
import { createStatus } from './status.ts'

const NOON_MS = Date.UTC(2026, 10, 21, 12)
const RULES = {
  failures: 1,
  failurePercent: 40,
  coolDownMs: 3_600_000,
  coolDownMaxMs: 3_600_000,
  waitMaxMs: 3_600_000,
  disabledRetryMs: null,
  subjects: 100,
}

const stage = (channels: readonly Channel[], served: readonly ServedDay[] = []) => {
  const clock = { nowMs: NOON_MS }
  const health = new Health(RULES, () => clock.nowMs)
  const asked: string[] = []
  let failing = false
  let billing = true
  const status = createStatus({
    health,
    channels,
    pausedSinceMs: () => undefined,
    models: () => ['m1', 'm2', 'm3'].map((id) => modelOf(id)),
    upstreamNameOf: ({ id }) => id,
    served: async (since) => {
      asked.push(since)
      if (failing) throw new Error('the database is away')
      return served.filter(({ day }) => day >= since)
    },
    canBill: async () => billing,
    nowMs: () => clock.nowMs,
  })
  const block = (channel: string) =>
    health.failed(channelSubject(channel), { reason: 'server-error', effect: 'count', retryAfterMs: undefined })
  return {
    ...{ clock, health, asked, status, block },
    fail: (is: boolean) => {
      failing = is
    },
    bill: (can: boolean) => {
      billing = can
    },
    models: async () => Object.fromEntries((await status()).models.map(({ id, status: of }) => [id, of])),
  }
}

const day = (name: string, model: string, requests: number, broken: number): ServedDay => ({
  day: name,
  model,
  requests,
  broken,
})

describe('the status', () => {
  test('is about the models that channels of group default serve, with a key', async () => {
    const { models, status } = stage([
      channelOf('a', { models: ['m1'] }),
      channelOf('b', { models: ['m2'], groups: ['house'] }),
      channelOf('c', { models: ['m3'], keys: [] }),
    ])
    expect(await models()).toEqual({ m1: 'available' })
    expect((await status()).status).toBe('operational')
  })

  test('is about all groups where there is no group default', async () => {
    const { models } = stage([channelOf('b', { models: ['m2'], groups: ['house'] })])
    expect(await models()).toEqual({ m2: 'available' })
  })

  test('goes from operational to degraded to down as ways are lost, and says since when', async () => {
    const { block, clock, status, models } = stage([
      channelOf('a', { models: ['m1', 'm2'] }),
      channelOf('b', { models: ['m1'] }),
    ])
    block('b')
    expect(await models()).toEqual({ m1: 'degraded', m2: 'available' })
    expect((await status()).status).toBe('degraded')
    clock.nowMs += 60_000
    block('a')
    const down = await status()
    expect(down.status).toBe('down')
    expect(down.models.map(({ since }) => since)).toEqual(['2026-11-21T12:01:00.000Z', '2026-11-21T12:01:00.000Z'])
  })

  test('is down where nothing is served at all', async () => {
    expect((await stage([]).status()).status).toBe('down')
  })

  test('is down while nothing can be billed, whatever providers do, and asks the counters nothing', async () => {
    const { status, bill, asked, clock } = stage([channelOf('a')], [day('2026-11-21', 'm1', 4, 1)])
    bill(false)
    expect(await status()).toMatchObject({ status: 'down', uptime: { today: null } })
    expect(asked).toEqual([])
    bill(true)
    clock.nowMs += 5_000
    expect(await status()).toMatchObject({ status: 'operational', uptime: { today: 0.75 } })
  })

  test('tells of each model and of all how many requests came to an answer', async () => {
    const { status } = stage(
      [channelOf('a', { models: ['m1', 'm2'] })],
      [
        day('2026-10-23', 'm1', 100, 50),
        day('2026-10-22', 'm1', 1_000, 1_000),
        day('2026-11-20', 'm1', 100, 0),
        day('2026-11-21', 'm1', 3, 1),
        day('2026-11-21', 'm3', 1_000, 1_000),
      ],
    )
    const { models, uptime } = await status()
    expect(models.map(({ uptime: of }) => of)).toEqual([
      { today: 0.666666, last_30_days: 0.748768 },
      { today: null, last_30_days: null },
    ])
    expect({ today: uptime.today, last: uptime.last_30_days }).toEqual({ today: 0.666666, last: 0.748768 })
    expect(uptime.days).toHaveLength(30)
    expect([uptime.days[0], uptime.days[28], uptime.days[29]]).toEqual([
      { day: '2026-10-23', uptime: 0.5 },
      { day: '2026-11-20', uptime: 1 },
      { day: '2026-11-21', uptime: 0.666666 },
    ])
  })

  test('names no provider, no channel and no group', async () => {
    const { status, block } = stage([
      channelOf('secret-channel', { provider: 'secret-provider', groups: ['default', 'secret-group'] }),
    ])
    block('secret-channel')
    expect(JSON.stringify(await status())).not.toContain('secret')
  })

  test('is worked out once in five seconds, and counted once in a minute, however often it is asked for', async () => {
    const { status, clock, asked, block, models } = stage([channelOf('a', { models: ['m1'] })])
    const all = await Promise.all([status(), status(), status()])
    expect(new Set(all).size).toBe(1)
    block('a')
    clock.nowMs += 4_999
    expect(await models()).toEqual({ m1: 'available' })
    clock.nowMs += 1
    expect(await models()).toEqual({ m1: 'unavailable' })
    clock.nowMs += 50_000
    await status()
    expect(asked).toHaveLength(1)
    clock.nowMs += 10_000
    await status()
    expect(asked).toEqual(['2026-10-23', '2026-10-23'])
  })

  test('that could not be worked out is tried again by the next who asks', async () => {
    const { status, fail } = stage([channelOf('a')])
    fail(true)
    expect(status()).rejects.toThrow('away')
    await status().catch(() => undefined)
    fail(false)
    expect((await status()).status).toBe('operational')
  })
})
