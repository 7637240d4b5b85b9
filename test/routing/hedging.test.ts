import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { until } from '../harness/server-process.ts'
import { type Asked, CHAT, reply, type Script, START_MS, stream } from '../faults/scripted.ts'
import { FINE, FINE_USD, startWorld, type World } from './world.ts'

setDefaultTimeout(30_000)

let world: World
beforeAll(async () => {
  const hedged = { channels: [1, 1], group: { hedge_after: '100ms' } }
  world = await startWorld({
    first: hedged,
    second: hedged,
    streams: hedged,
    broken: hedged,
    plain: { channels: [1, 1] },
  })
}, START_MS)
afterAll(() => world.stop(), START_MS)
beforeEach(() => void world.asked())

/** Never answers; tells when its connection is gone. */
const silent = () => {
  let asked: Asked | undefined
  const script: Script = (_, one) => {
    asked = one
  }
  return { script, isGone: () => asked?.gone === true }
}

test('where the first takes too long a second is asked as well; who answers first is billed alone, the other let go', async () => {
  const slow = silent()
  const answer = await world.ask('first', { a1: slow.script, b1: FINE })
  expect([answer.status, answer.headers.get('x-tollgate-cost-usd')]).toEqual([200, FINE_USD])
  expect(world.asked()).toEqual(['a1', 'b1'])
  await until('the slow one is let go', slow.isGone)
  const receipt = await world.settled()
  expect(receipt).toMatchObject({ channel: 'first-b', cost_usd: FINE_USD, ended: 'whole' })
  expect(receipt?.attempts).toMatchObject([
    { channel: 'first-b', why: expect.stringContaining('hedge'), error: null },
    { channel: 'first-a', error: 'outrun' },
  ])
})

test('the first may still win, and is billed alone', async () => {
  const { promise: second, resolve } = Promise.withResolvers<void>()
  const other = silent()
  const answers = {
    a1: (async (socket, asked) => {
      await second
      await FINE(socket, asked)
    }) satisfies Script,
    b1: ((socket, asked) => {
      resolve()
      return other.script(socket, asked)
    }) satisfies Script,
  }
  expect((await world.ask('second', answers)).status).toBe(200)
  await until('the second is let go', other.isGone)
  expect(await world.settled()).toMatchObject({ channel: 'second-a', cost_usd: FINE_USD })
})

test('of two streams one is passed on, whole, and nothing of the other', async () => {
  const slow = stream(async (out) => {
    await out.write(CHAT.text(''))
  })
  const fast = stream(async (out) => {
    await out.write(CHAT.text('fast'))
    await out.write(CHAT.end(10, 5))
    out.end()
  })
  const answer = await world.ask('streams', { a1: slow, b1: fast }, { stream: true })
  const text = await answer.text()
  expect(text).toBe(CHAT.text('fast') + CHAT.end(10, 5).replace(/data: \{[^\n]*"usage"[^\n]*\n\n/, ''))
  expect(await world.settled()).toMatchObject({ channel: 'streams-b', cost_usd: FINE_USD, ended: 'whole' })
})

test('where the second fails the first is waited for', async () => {
  const { promise: failed, resolve } = Promise.withResolvers<void>()
  const answers = {
    a1: (async (socket, asked) => {
      await failed
      await FINE(socket, asked)
    }) satisfies Script,
    b1: (async (socket, asked) => {
      await reply(500, '{"error":{"message":"broken"}}')(socket, asked)
      resolve()
    }) satisfies Script,
  }
  expect((await world.ask('broken', answers)).status).toBe(200)
  expect(await world.settled()).toMatchObject({ channel: 'broken-a', cost_usd: FINE_USD })
})

test('without hedging nobody else is asked, however long it takes', async () => {
  const { promise: later, resolve } = Promise.withResolvers<void>()
  const slow: Script = async (socket, asked) => {
    await later
    await FINE(socket, asked)
  }
  const asking = world.ask('plain', { a1: slow })
  await until('the request upstream', () => world.stage.upstream.asked.at(-1)?.text.includes('script') === true)
  await Bun.sleep(300)
  resolve()
  expect((await asking).status).toBe(200)
  expect(world.asked()).toEqual(['a1'])
})
