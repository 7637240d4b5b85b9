import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { until } from '../harness/server-process.ts'
import { reply, type Script, START_MS } from '../faults/scripted.ts'
import { FINE, FINE_USD, startWorld, type World } from './world.ts'

setDefaultTimeout(30_000)

const error = (status: number, body: object = {}, headers: Readonly<Record<string, string>> = {}): Script =>
  reply(status, JSON.stringify({ error: { message: 'said by the vendor', ...body } }), headers)
const LIMITED = error(429, { type: 'rate_limit_error' }, { 'retry-after': '600' })
const REFUSED = error(401)
const BROKE = error(429, { type: 'insufficient_quota', code: 'insufficient_quota' })
const OVERLOADED = error(503)
const MISSING = error(404, { code: 'model_not_found', message: 'The model `chat` does not exist' })
const WRONG = error(400, { type: 'invalid_request_error' })

const BOTH = { channels: [2, 1] }

let world: World
beforeAll(async () => {
  world = await startWorld({
    limited: BOTH,
    refused: BOTH,
    broke: { ...BOTH, provider: { kind: 'openai', protocol: 'openai-chat' } },
    overloaded: BOTH,
    missing: BOTH,
    wrong: BOTH,
    down: BOTH,
    waiting: { channels: [1, 1] },
    locked: { channels: [1, 1] },
    alone: { channels: [1] },
    paced: { channels: [2], key: { rpm: 2 } },
    narrow: { channels: [1, 1], key: { concurrency: 1 } },
    weighty: { channels: [2] },
  })
}, START_MS)
afterAll(() => world.stop(), START_MS)
beforeEach(() => void world.asked())

const statusOf = async (answer: Promise<Response>): Promise<number> => {
  const response = await answer
  await response.arrayBuffer()
  return response.status
}

describe('a key that its provider', () => {
  const rows: readonly (readonly [string, string, Script])[] = [
    ['limits', 'limited', LIMITED],
    ['refuses', 'refused', REFUSED],
    ['wants money for', 'broke', BROKE],
  ]
  test.each(rows)('%s gives way to another key of it, at once and for the time being', async (_, group, failing) => {
    const answers = { a1: failing, a2: FINE }
    expect(await statusOf(world.ask(group, answers))).toBe(200)
    expect(world.asked()).toEqual(['a1', 'a2'])
    const receipt = await world.settled()
    expect(receipt).toMatchObject({ status: 200, cost_usd: FINE_USD, channel: `${group}-a` })
    expect(receipt?.attempts).toMatchObject([
      { key: '1', error: expect.stringContaining('status') },
      { key: '2', why: expect.stringContaining('other key; after'), error: null },
    ])
    for (let turn = 0; turn < 3; turn += 1) expect(await statusOf(world.ask(group, { a2: FINE }))).toBe(200)
    expect(world.asked()).toEqual(['a2', 'a2', 'a2'])
  })

  test('overloads is left for another channel first', async () => {
    expect(await statusOf(world.ask('overloaded', { a1: OVERLOADED, a2: OVERLOADED, b1: FINE }))).toBe(200)
    expect(world.asked()).toEqual(['a1', 'b1'])
  })

  test('does not serve the model with is left for another channel, though the first keeps its other models', async () => {
    expect(await statusOf(world.ask('missing', { a1: MISSING, b1: FINE }))).toBe(200)
    expect(world.asked()).toEqual(['a1', 'b1'])
    expect(await statusOf(world.ask('missing', { b1: FINE }))).toBe(200)
    expect(world.asked()).toEqual(['b1'])
  })
})

test('a request that is wrong itself is told so by whoever was asked first, and nobody is left alone for it', async () => {
  for (let turn = 0; turn < 6; turn += 1) expect(await statusOf(world.ask('wrong', { a1: WRONG, a2: WRONG }))).toBe(400)
  expect(world.asked()).toEqual(['a1', 'a2', 'a1', 'a2', 'a1', 'a2'])
})

test('a channel that fails five times in a row is not asked any more', async () => {
  const answers = { a1: OVERLOADED, a2: OVERLOADED, b1: FINE }
  for (let turn = 0; turn < 8; turn += 1) expect(await statusOf(world.ask('down', answers))).toBe(200)
  const asked = world.asked()
  expect(asked.filter((key) => key.startsWith('a'))).toHaveLength(5)
  expect(asked.slice(-3)).toEqual(['b1', 'b1', 'b1'])
})

describe('where nobody may be asked', () => {
  test('for a time, a client is told for how long, and nobody is asked', async () => {
    const answers = { a1: LIMITED, b1: error(429, {}, { 'retry-after': '300' }) }
    expect(await statusOf(world.ask('waiting', answers))).toBe(429)
    expect(world.asked()).toEqual(['a1', 'b1'])
    const answer = await world.ask('waiting', {})
    expect([answer.status, world.asked()]).toEqual([429, []])
    const seconds = Number(answer.headers.get('retry-after'))
    expect([seconds > 290, seconds <= 300]).toEqual([true, true])
    expect(await answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
    expect(await world.settled()).toMatchObject({ status: 429, cost_usd: '0.000000000', ended: 'failed' })
  })

  test('with any key, a client is told that there is none', async () => {
    expect(await statusOf(world.ask('locked', { a1: REFUSED, b1: REFUSED }))).toBe(502)
    world.asked()
    const answer = await world.ask('locked', {})
    expect([answer.status, world.asked()]).toEqual([503, []])
    const { error: told } = (await answer.json()) as {
      readonly error: { readonly code: string; readonly message: string }
    }
    expect(told.code).toBe('no_active_keys')
    expect(told.message).not.toContain('secret')
  })

  test('because it only failed, it is asked all the same', async () => {
    for (let turn = 0; turn < 7; turn += 1) expect(await statusOf(world.ask('alone', { a1: OVERLOADED }))).toBe(503)
    expect(world.asked()).toHaveLength(7)
    expect(await statusOf(world.ask('alone', { a1: FINE }))).toBe(200)
  })
})

describe('a limit of a provider’s key', () => {
  test('on requests a minute is never passed, and the other key takes over', async () => {
    const statuses: number[] = []
    for (let turn = 0; turn < 6; turn += 1) statuses.push(await statusOf(world.ask('paced', { a1: FINE, a2: FINE })))
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429])
    expect(world.asked().sort()).toEqual(['a1', 'a1', 'a2', 'a2'])
  })

  test('on requests at once sends the next one elsewhere, and is free again afterwards', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    const slow: Script = async (socket, asked) => {
      await goOn
      await FINE(socket, asked)
    }
    const first = world.ask('narrow', { a1: slow })
    await until('the first request upstream', () => world.stage.upstream.asked.length > 0 && world.asked().length > 0)
    expect(await statusOf(world.ask('narrow', { b1: FINE }))).toBe(200)
    resolve()
    expect(await statusOf(first)).toBe(200)
    world.asked()
    expect(await statusOf(world.ask('narrow', { a1: FINE }))).toBe(200)
    expect(world.asked()).toEqual(['a1'])
  })
})

test('keys of one weight are used in turn', async () => {
  for (let turn = 0; turn < 4; turn += 1) await statusOf(world.ask('weighty', { a1: FINE, a2: FINE }))
  expect(world.asked()).toEqual(['a1', 'a2', 'a1', 'a2'])
})
