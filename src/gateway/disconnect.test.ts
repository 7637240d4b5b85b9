import { afterAll, describe, expect, test } from 'bun:test'
import { createWatchdog } from '../upstream/watchdog.ts'
import { createHangUp, onDisconnectBy } from './disconnect.ts'
import { callOf, PRINCIPAL } from './test-parts.ts'

const PLANS = new Map([
  ['patient', { onDisconnect: 'drain' as const }],
  ['strict', { onDisconnect: 'delivered' as const }],
  ['plain', { onDisconnect: null }],
])

describe('what a hang-up does', () => {
  test.each([
    ['delivered', null, 'delivered'],
    ['drain', null, 'drain'],
    ['delivered', 'patient', 'drain'],
    ['drain', 'patient', 'drain'],
    ['delivered', 'strict', 'delivered'],
    ['drain', 'strict', 'delivered'],
    ['delivered', 'plain', 'delivered'],
    ['drain', 'plain', 'drain'],
    ['delivered', 'gone', 'delivered'],
    ['drain', 'gone', 'drain'],
  ] as const)('%s for everybody and the plan %s: %s', (general, plan, expected) => {
    expect(onDisconnectBy({ general, plans: PLANS })({ plan })).toBe(expected)
  })
})

describe('the request upstream of a client that leaves', () => {
  const watchdog = createWatchdog(Date.now, 5)
  afterAll(() => watchdog.stop())

  const begin = (plan: string | null, drainTimeoutMs: number, leftBefore = false) => {
    const client = new AbortController()
    if (leftBefore) client.abort()
    const onDisconnectOf = onDisconnectBy({ general: 'delivered', plans: PLANS })
    const call = { ...callOf(), request: new Request('http://gateway/', { signal: client.signal }) }
    const hangUp = createHangUp({ onDisconnectOf, drainTimeoutMs, watchdog })(call, { ...PRINCIPAL, plan })
    return { hangUp, leave: () => client.abort() }
  }

  test('ends at once, or goes on where its plan says so', () => {
    for (const plan of [null, 'patient']) {
      const { hangUp, leave } = begin(plan, 60_000)
      expect(hangUp.aborted).toBe(false)
      leave()
      expect([plan, hangUp.aborted]).toEqual([plan, plan === null])
    }
  })

  test.each([false, true])('does not go on for ever, also where it had left before (%p)', async (leftBefore) => {
    const { hangUp, leave } = begin('patient', 0, leftBefore)
    leave()
    while (!hangUp.aborted) await Bun.sleep(1)
  })
})
