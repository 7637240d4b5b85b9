import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../test/harness/redis.ts'
import { type Board, createBoard, type Place, type Posted, POSTINGS_AT_ONCE, type Posting } from './board.ts'
import { openRedis } from './redis-connection.ts'

const START_MS = 60_000

let redis: RedisServer
let connection: Redis
let board: Board
beforeAll(async () => {
  redis = await startRedis()
  connection = openRedis({ url: redis.url, commandTimeoutMs: 10_000, onError: () => undefined })
  await new Promise<void>((resolve) => connection.once('ready', () => resolve()))
}, START_MS)
beforeEach(async () => {
  await redis.flush()
  board = createBoard({ connection, prefix: 'test:{board}:', subjectsMax: 300 })
})
afterAll(async () => {
  connection.disconnect()
  await redis.stop()
}, START_MS)

const said = (subject: string, text: string, more: Partial<Posting> = {}): Posting => ({
  subject,
  text,
  ageMs: 0,
  keptMs: 60_000,
  ...more,
})

/** Everything new since a place, and where that leads. */
const readAll = async (from?: Place) => {
  const found: Posted[] = []
  let place = from
  let isAnew = false
  for (let more = true; more; ) {
    const reading = await board.read(place)
    found.push(...reading.postings)
    isAnew ||= reading.isAnew
    place = reading.place
    more = reading.postings.length === POSTINGS_AT_ONCE
  }
  return { found, place, isAnew, words: found.map(({ subject, text }) => `${subject}: ${text}`) }
}

test('what is posted is read by everybody, in order, and once by each', async () => {
  expect((await readAll()).words).toEqual([])
  await board.post([said('a', 'one'), said('b', 'with | and\nnew lines')])
  const first = await readAll()
  expect(first.words).toEqual(['a: one', 'b: with | and\nnew lines'])
  await board.post([said('c', 'three'), said('a', 'four')])
  expect((await readAll(first.place)).words).toEqual(['c: three', 'a: four'])
  // Of each subject the newest word alone.
  expect((await readAll()).words).toEqual(['b: with | and\nnew lines', 'c: three', 'a: four'])
})

test('an older word that comes late does not take the place of a newer one', async () => {
  await board.post([said('a', 'new', { ageMs: 1_000 })])
  const { place } = await readAll()
  await board.post([said('a', 'old', { ageMs: 30_000 })])
  expect((await readAll(place)).words).toEqual([])
  expect((await readAll()).words).toEqual(['a: new'])
})

test('a word is as old as it was when it was posted, and older', async () => {
  await board.post([said('a', 'old', { ageMs: 30_000 })])
  const [found] = (await readAll()).found
  expect(found?.ageMs).toBeGreaterThanOrEqual(30_000)
  expect(found?.ageMs).toBeLessThan(60_000)
})

test('what is not worth knowing any more goes, and what is for ever stays', async () => {
  await board.post([said('a', 'over', { keptMs: 0 }), said('b', 'for ever', { keptMs: undefined })])
  await board.post([said('c', 'new')])
  expect((await readAll()).words).toEqual(['b: for ever', 'c: new'])
})

test('of too many subjects the oldest words go', async () => {
  await board.post(Array.from({ length: 650 }, (_, index) => said(`s${index}`, `${index}`)))
  const { words } = await readAll()
  expect(words.length).toBe(300)
  expect([words[0], words.at(-1)]).toEqual(['s350: 350', 's649: 649'])
})

test('a board that was forgotten is begun anew, which who had read of it is told', async () => {
  await board.post([said('a', 'one'), said('b', 'two')])
  const before = await readAll()
  expect(before.isAnew).toBe(false)
  await redis.flush()
  await board.post([said('c', 'three')])
  const after = await readAll(before.place)
  expect([after.isAnew, after.words]).toEqual([true, ['c: three']])
  expect((await readAll(after.place)).isAnew).toBe(false)
})

test('nothing of it stays in Redis for ever', async () => {
  await board.post([said('a', 'one', { keptMs: undefined })])
  await board.read(undefined)
  const keys = await connection.keys('*')
  expect(keys.length).toBeGreaterThan(2)
  for (const key of keys) expect([key, (await connection.pttl(key)) > 0]).toEqual([key, true])
})
