import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Place, Places } from './places.ts'

const taken = async (places: Places): Promise<Place> => {
  const place = await places.take(new AbortController().signal)
  if (!place.ok) throw new Error(`no place: ${place.error}`)
  return place.value
}

test('the queue is served in order, and one more than fits is refused', async () => {
  const places = new Places(() => ({ processesMax: 1, queueMax: 2 }))
  const first = await taken(places)
  const order: string[] = []
  const waiting = ['a', 'b'].map((name) =>
    taken(places).then((place) => {
      order.push(name)
      place.free()
    }),
  )
  expect(await places.take(new AbortController().signal)).toEqual({ ok: false, error: 'busy' })
  first.free()
  await Promise.all(waiting)
  expect([order, places.load]).toEqual([['a', 'b'], { running: 0, waiting: 0 }])
})

test('whoever leaves the queue leaves its place in it to others', async () => {
  const places = new Places(() => ({ processesMax: 1, queueMax: 1 }))
  const first = await taken(places)
  const controller = new AbortController()
  const left = places.take(controller.signal)
  controller.abort()
  expect(await left).toEqual({ ok: false, error: 'left' })
  const next = taken(places)
  first.free()
  expect((await next).number).toBe(0)
})

test('freeing twice frees once', async () => {
  const places = new Places(() => ({ processesMax: 2, queueMax: 0 }))
  const [first, second] = [await taken(places), await taken(places)]
  first.free()
  const again = await taken(places)
  first.free()
  expect([again.number, second.number, places.load.running]).toEqual([0, 1, 2])
})

test('never more run than may, whatever comes and goes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 60 }),
      async (processesMax, queueMax, moves) => {
        const places = new Places(() => ({ processesMax, queueMax }))
        const held: Place[] = []
        for (const comes of moves) {
          if (comes) void places.take(new AbortController().signal).then((place) => place.ok && held.push(place.value))
          else held.shift()?.free()
          await Promise.resolve()
          const { running, waiting } = places.load
          expect(running).toBeLessThanOrEqual(processesMax)
          expect(waiting).toBeLessThanOrEqual(queueMax)
          expect(new Set(held.map(({ number }) => number)).size).toBe(held.length)
        }
      },
    ),
    { seed: 20_260_301, numRuns: 200 },
  )
})
