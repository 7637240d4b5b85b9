import { afterEach, expect, test } from 'bun:test'
import { START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import type { Budget, BudgetWindow } from '../budgets.ts'
import { holdRequest, makeUser, receiptOf, usd } from '../fixture.ts'
import { wrongWindows } from '../test-windows.ts'
import type { Ledger } from '../types.ts'
import { openReplicas, type Replica } from './fixture.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const NOON_MS = Date.UTC(2026, 10, 21, 12)
const WINDOWS: readonly BudgetWindow[] = ['total', '5h', 'day', 'week', 'month']

const open = async (): Promise<readonly [Replica, Replica, Replica]> => {
  const opened = await openReplicas(3)
  cleanups.push(() => opened.remove())
  const [one, two, three] = opened.replicas
  if (!two || !three) throw new Error('three replicas were asked for')
  return [one, two, three]
}

interface Who {
  readonly userId: string
  readonly keyId: string
}

/** Requests of one project, at one replica. */
const at = (ledger: Ledger, projectId: string) => {
  const about = (who: Who, id: string) => receiptOf(who, id, { atMs: NOON_MS, projectId })
  return {
    hold: (who: Who, id: string, amount: bigint, budgets: readonly Budget[] = []) =>
      ledger.hold(holdRequest(who, id, amount, { budgets, atMs: NOON_MS, heading: about(who, id) })),
    settle: (who: Who, id: string, cost: bigint) =>
      ledger.settle(id, usd(cost), ({ charged: cost }) => ({ ...about(who, id), cost })),
  }
}

const expectSound = async (replicas: readonly [Replica, Replica, Replica]): Promise<void> => {
  for (const { ledger, faults } of replicas) {
    await ledger.flush()
    expect(faults).toEqual([])
  }
  expect(await replicas[0].ledger.check()).toMatchObject({ ok: true, faults: [] })
  expect(await wrongWindows(replicas[0].database)).toEqual([])
}

test(
  'replicas that have not heard of a budget yet count in it',
  async () => {
    const replicas = await open()
    const [knows, , late] = replicas
    const who = await makeUser(knows, 1_000_000n, 0n, 'p')
    const budgets = [{ subject: `key:${who.keyId}`, window: 'day', limit: usd(1_000n) } as const]
    const [here, there] = [at(knows.ledger, 'p'), at(late.ledger, 'p')]
    await there.hold(who, 'before', 300n)
    expect(await here.hold(who, 'first', 701n, budgets)).toMatchObject({ error: { kind: 'key-budget-exceeded' } })
    expect(await here.hold(who, 'second', 100n, budgets)).toMatchObject({ ok: true })
    await there.hold(who, 'after', 200n)
    await there.settle(who, 'before', 250n)
    await late.ledger.flush()
    expect(await here.hold(who, 'third', 451n, budgets)).toMatchObject({ error: { kind: 'key-budget-exceeded' } })
    expect(await here.hold(who, 'fourth', 450n, budgets)).toMatchObject({ ok: true })
    await expectSound(replicas)
  },
  START_TIMEOUT_MS,
)

test(
  'five hundred requests of a project at three replicas, while its windows begin at all of them, are counted once each',
  async () => {
    const replicas = await open()
    const people = await Promise.all(Array.from({ length: 8 }, () => makeUser(replicas[0], 1_000_000n, 0n, 'p')))
    const limit = usd(1_000_000n)
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const who = people[index % people.length]
        const replica = replicas[index % 3]
        if (!who || !replica) throw new Error('nobody')
        const { hold, settle } = at(replica.ledger, 'p')
        const subjects = [`key:${who.keyId}`, 'project:p']
        const budgets = subjects.flatMap((subject) => WINDOWS.map((window) => ({ subject, window, limit })))
        for (let turn = 0; turn < index % 40; turn++) await new Promise((resolve) => setImmediate(resolve))
        const id = `req_${index}`
        const held = await hold(who, id, BigInt(index), index % 4 === 3 ? budgets : [])
        if (index % 3 !== 0) await settle(who, id, BigInt(index) / 2n)
        return held.ok
      }),
    )
    expect(answers.filter((isGranted) => !isGranted)).toEqual([])
    await expectSound(replicas)
  },
  START_TIMEOUT_MS,
)
