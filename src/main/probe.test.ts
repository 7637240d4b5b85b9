import { expect, test } from 'bun:test'
import { DatabaseError, type DatabaseFailure } from '../db/database.ts'
import { createProbe } from './probe.ts'

const failing = (kind: DatabaseFailure['kind']) => ({
  set: () => Promise.reject(new DatabaseError({ kind, message: 'connect ECONNREFUSED 10.0.0.7:5432' })),
})

test('a database that takes a write is well', async () => {
  expect(await createProbe({ set: async () => undefined })()).toBeNull()
})

test.each<[DatabaseFailure['kind'], string]>([
  ['unavailable', 'cannot be reached or written to'],
  ['full', 'its disk is full'],
  ['failed', 'fails; the log says how'],
])('one that fails as %s is told of without its address', async (kind, words) => {
  expect(await createProbe(failing(kind))()).toBe(words)
})

test('it is written to once a second, however often it is asked about', async () => {
  let [writes, nowMs] = [0, 0]
  const set = async (): Promise<void> => void writes++
  const probe = createProbe({ set }, () => nowMs)
  for (let asked = 0; asked < 10; asked++) await probe()
  expect(writes).toBe(1)
  nowMs = 1_000
  await Promise.all([probe(), probe()])
  expect(writes).toBe(2)
  // A clock set back does not keep an old answer.
  nowMs = 0
  await probe()
  expect(writes).toBe(3)
})

test('one that says nothing is told of all the same', async () => {
  expect(await createProbe({ set: () => new Promise(() => undefined) })()).toBe('has not answered for 2 s')
})
