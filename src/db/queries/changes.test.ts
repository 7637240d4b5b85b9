import { afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { nanoUsd, ONE } from '../../units.ts'
import { openKysely } from '../dialect.ts'
import { openShelf, type Shelf } from '../fixture.ts'
import { openStore } from '../store.ts'
import type { Changes, Store } from '../types.ts'
import { recordChange } from './changes.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const NEW_KEY = {
  projectId: null,
  name: 'a key',
  group: 'default',
  prefix: 'sk-tg-a',
  models: null,
  ipAllow: null,
  scopes: [],
  labels: [],
  rpm: null,
  tpm: null,
  itpm: null,
  otpm: null,
  concurrency: null,
  budgets: [],
  expiresAtMs: null,
}

const named = ({ changes }: Changes): readonly string[] | 'too-many' =>
  changes === 'too-many' ? changes : changes.map(({ kind, subjectId }) => `${kind} ${subjectId}`)

/** What a reader finds, poll by poll. */
const reader = async ({ changes }: Store) => {
  let position = await changes.position()
  return async () => {
    const found = await changes.after(position)
    position = found.position
    return named(found)
  }
}

describe.each(DATABASES)('on %s', (kind) => {
  const open = async (): Promise<Shelf> => {
    const shelf = await openShelf(kind)
    cleanups.push(() => shelf.close())
    return shelf
  }
  beforeAll(async () => (await openShelf(kind)).close(), START_TIMEOUT_MS)

  test('every change of a key, a user and a project is told to every reader once, and nothing that came before', async () => {
    const { place, store } = await open()
    const other = openStore(await place.open())
    const user = await store.users.create({
      email: 'a@example.com',
      plan: null,
      rateMultiplier: ONE,
      overdraft: nanoUsd(0n),
    })
    if (!user.ok) throw new Error(user.error.message)
    const key = await store.keys.create({ ...NEW_KEY, userId: user.value.id }, 'hash-1')
    const project = await store.projects.create({ name: 'p', userId: null, budgets: [] })
    await store.keys.update(key.id, { name: 'before' })
    const readers = [await reader(store), await reader(other)]
    await store.keys.update(key.id, { name: 'after' })
    await store.keys.rotate(key.id, 'hash-2', 'sk-tg-b', 0)
    await store.users.update(user.value.id, { plan: 'pro' })
    await store.projects.update(project.id, { name: 'q' })
    await store.keys.revoke(key.id)
    await store.projects.archive(project.id)
    for (const read of readers) {
      expect(await read()).toEqual([
        `key ${key.id}`,
        `key ${key.id}`,
        `user ${user.value.id}`,
        `project ${project.id}`,
        `key ${key.id}`,
        `project ${project.id}`,
      ])
      expect(await read()).toEqual([])
    }
  })

  test('old changes are pruned, and those after them are still told', async () => {
    const { database, store } = await open()
    const db = openKysely(database)
    const read = await reader(store)
    for (const id of ['a', 'b', 'c']) await recordChange(db, 'key', id, 1_000)
    expect(await read()).toEqual(['key a', 'key b', 'key c'])
    await store.changes.prune(2_000)
    await recordChange(db, 'key', 'd', 3_000)
    expect(await read()).toEqual(['key d'])
    const late = await store.changes.after({ mark: 0n, seen: new Set() })
    expect(named(late)).toEqual(['key c', 'key d'])
  })

  test('a reader that missed very many is told to drop everything, and goes on from there', async () => {
    const { database, store } = await open()
    const db = openKysely(database)
    const read = await reader(store)
    await db
      .insertInto('changes')
      .values(Array.from({ length: 1_200 }, (_, index) => ({ kind: 'key', subject_id: `k${index}`, at_ms: 1 })))
      .execute()
    expect(await read()).toBe('too-many')
    await recordChange(db, 'key', 'last', 2)
    expect(await read()).toEqual(['key last'])
  })

  test('a change that is undone is not told', async () => {
    const { database, store } = await open()
    const read = await reader(store)
    const failing = openKysely(database)
      .transaction()
      .execute(async (transaction) => {
        await recordChange(transaction, 'key', 'undone', 1)
        throw new Error('on purpose')
      })
    expect(await failing.then(String, String)).toContain('on purpose')
    await recordChange(openKysely(database), 'key', 'done', 1)
    expect(await read()).toEqual(['key done'])
  })
})

test(
  'on postgres, a change that commits after later ones is told, and each once',
  async () => {
    const shelf = await openShelf('postgres')
    cleanups.push(() => shelf.close())
    const { place, database, store } = shelf
    const slow = openKysely(await place.open())
    const isWritten = Promise.withResolvers<void>()
    const mayCommit = Promise.withResolvers<void>()
    const read = await reader(store)
    const committing = slow.transaction().execute(async (transaction) => {
      await recordChange(transaction, 'key', 'slow', 1)
      isWritten.resolve()
      await mayCommit.promise
    })
    await isWritten.promise
    const begunMeanwhile = await reader(store)
    await recordChange(openKysely(database), 'key', 'quick', 2)
    for (const each of [read, begunMeanwhile]) expect(await each()).toEqual(['key quick'])
    for (const each of [read, begunMeanwhile]) expect(await each()).toEqual([])
    mayCommit.resolve()
    await committing
    for (const each of [read, begunMeanwhile]) expect(await each()).toEqual(['key slow'])
    for (const each of [read, begunMeanwhile]) expect(await each()).toEqual([])
  },
  START_TIMEOUT_MS,
)
