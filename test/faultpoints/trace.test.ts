import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { until } from '../harness/server-process.ts'
import { STORAGE } from '../harness/storage.ts'
import { ask } from './drive.ts'
import { KINDS, type Lane, type PointName, pointsOf } from './points.ts'
import { openWorld, type World } from './world.ts'

const START_MS = 120_000

let world: World
beforeAll(async () => {
  world = await openWorld()
}, START_MS)
afterAll(() => world?.stop(), START_MS)

/** What comes first, though it is of another lane: money is set aside before anything can be had for it. */
const ORDER: readonly (readonly [PointName, PointName])[] = [
  ['hold-asked', 'hold-unwritten'],
  ['hold-written', STORAGE === 'postgres' ? 'held' : 'durable'],
  ['settle-asked', 'charge-unwritten'],
]

describe.each([...KINDS])('a request that all goes well with (%s)', (kind) => {
  test('passes every point, in the order of the list', async () => {
    await world.restart()
    const customer = await world.witness().createCustomer('1', { rpm: 1_000 })
    const client = ask(world, customer, kind, '')
    await client.over
    expect(client.has()).toBe('all of it')
    await until('it is counted', () => world.trace().includes('fed'))
    const trace = world.trace()
    const listed = pointsOf(kind)
    for (const lane of ['request', 'books'] satisfies Lane[]) {
      const names: readonly PointName[] = listed.filter((point) => point.lane === lane).map(({ name }) => name)
      expect(trace.filter((name) => names.includes(name))).toEqual([...names])
    }
    expect(trace).toHaveLength(listed.length)
    for (const [first, then] of ORDER)
      expect([first, trace.indexOf(first) < trace.indexOf(then)]).toEqual([first, true])
  })
})
