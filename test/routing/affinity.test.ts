import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { reply, START_MS } from '../faults/scripted.ts'
import { FINE, startWorld, type World } from './world.ts'

setDefaultTimeout(60_000)

let world: World
beforeAll(async () => {
  const group = { strategy: 'cache_affinity' }
  world = await startWorld({
    keys: { channels: [4], group },
    channels: { channels: [1, 1, 1, 1], group, level: true },
    moving: { channels: [1, 1], group, level: true },
  })
}, START_MS)
afterAll(() => world.stop(), START_MS)
beforeEach(() => void world.asked())

const ALL = { any: FINE }
const DOWN = reply(503, '{"error":{"message":"down"}}')

/** The turns of a conversation, as a client sends them: each with all before it. */
const turn = (name: string, count: number) => ({
  messages: Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${name} ${index}`,
  })),
})

const askTurn = async (group: string, name: string, count: number): Promise<string | undefined> => {
  const { messages } = turn(name, count)
  const mark = world.stage.upstream.plays((socket, asked) => FINE(socket, asked))
  const answer = await world.ask(group, ALL, { messages: [...messages, { role: 'user', content: mark }] })
  expect(answer.status).toBe(200)
  await answer.arrayBuffer()
  return world.asked()[0]
}

describe.each(['keys', 'channels'])('a conversation over %s', (group) => {
  test('stays where its prompt is cached, and conversations are spread over all', async () => {
    const homes = new Set<string | undefined>()
    for (let conversation = 0; conversation < 12; conversation += 1) {
      const first = await askTurn(group, `conversation ${conversation}`, 1)
      for (const count of [3, 5])
        expect(await askTurn(group, `conversation ${conversation}`, count)).toBe(first as string)
      homes.add(first)
    }
    expect(homes.size).toBeGreaterThan(2)
  })
})

describe('a session that its client names', () => {
  test.each(['session-id', 'x-claude-code-session-id', 'x-session-affinity'])(
    'by %s stays, whatever it says',
    async (name) => {
      const keys = new Set<string | undefined>()
      for (let count = 0; count < 4; count += 1) {
        const answer = await world.ask('keys', ALL, {}, { [name]: `session of ${name}` })
        expect(answer.status).toBe(200)
        keys.add(world.asked()[0])
      }
      expect(keys.size).toBe(1)
    },
  )
})

test('a conversation whose channel fails goes on elsewhere, and stays there', async () => {
  const session = { 'session-id': 'moves' }
  const ask = (answers: Parameters<World['ask']>[1]) => world.ask('moving', answers, {}, session)
  expect((await ask(ALL)).status).toBe(200)
  const [home = ''] = world.asked()
  const other = home === 'a1' ? 'b1' : 'a1'
  expect((await ask({ [home]: DOWN, [other]: FINE })).status).toBe(200)
  expect(world.asked()).toEqual([home, other])
  for (let count = 0; count < 3; count += 1) expect((await ask(ALL)).status).toBe(200)
  expect(world.asked()).toEqual([other, other, other])
  const receipt = await world.settled()
  expect(receipt?.attempts[0]?.why).toBe('cache_affinity: answered last')
})
