import { afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { DATABASES, type DatabasePlace, makePlace, START_TIMEOUT_MS } from '../../test/harness/databases.ts'
import { openKysely } from './dialect.ts'
import { openShelf } from './fixture.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS, type Migration } from './migrations/index.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** `expect(…).rejects` runs the event loop inside itself, and a worker's messages get lost in there. */
const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'not rejected',
    (error: unknown) => String(error),
  )

const later: Migration = {
  number: 1_000,
  name: 'later',
  why: 'a test',
  up: async (db) => {
    await sql`CREATE TABLE later (id INTEGER)`.execute(db)
  },
}

const broken: Migration = {
  number: 1_001,
  name: 'broken',
  why: 'a test',
  up: async (db) => {
    await sql`CREATE TABLE half (id INTEGER)`.execute(db)
    await sql`CREATE NONSENSE`.execute(db)
  },
}

test('migrations are numbered in order and each says why', () => {
  const numbers = MIGRATIONS.map(({ number }) => number)
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1))
  expect(MIGRATIONS.filter(({ why }) => why.length < 10)).toEqual([])
})

describe.each(DATABASES)('on %s', (kind) => {
  const placeFor = async (): Promise<DatabasePlace> => {
    const place = await makePlace(kind)
    cleanups.push(() => place.remove())
    return place
  }
  // The first to ask for PostgreSQL waits until there is one.
  beforeAll(async () => (await makePlace(kind)).remove(), START_TIMEOUT_MS)

  test('migrating applies what is missing once and then nothing', async () => {
    const database = await (await placeFor()).open()
    expect(await migrate(database)).toMatchObject({ ok: true, value: { applied: MIGRATIONS.map(({ name }) => name) } })
    expect(await migrate(database)).toMatchObject({ ok: true, value: { applied: [] } })
    const more = await migrate(database, { migrations: [...MIGRATIONS, later] })
    expect(more).toEqual({ ok: true, value: { version: 1_000, applied: ['later'] } })
  })

  test('a database from a newer Tollgate is refused, and the message says what to do', async () => {
    const database = await (await placeFor()).open()
    await migrate(database, { migrations: [...MIGRATIONS, later] })
    const refused = await migrate(database)
    expect(refused).toMatchObject({ ok: false, error: expect.stringContaining('Start the newer Tollgate') })
  })

  test('a migration that fails leaves nothing of itself behind', async () => {
    const database = await (await placeFor()).open()
    await migrate(database)
    expect(await rejection(migrate(database, { migrations: [...MIGRATIONS, broken] }))).toContain('NONSENSE')
    await database.drained()
    const catalogue = kind === 'sqlite' ? 'sqlite_master WHERE name' : 'pg_tables WHERE tablename'
    const tables = await database.run([{ sql: `SELECT 1 FROM ${catalogue} = 'half'`, parameters: [] }])
    expect(tables).toMatchObject({ ok: true, value: [{ rows: [] }] })
    expect(await migrate(database)).toMatchObject({ ok: true })
  })

  test('two processes that migrate one database at once do it once', async () => {
    const place = await placeFor()
    const both = await Promise.all([place.open(), place.open()])
    const answers = await Promise.all(both.map((database) => migrate(database)))
    const applied = answers.map((answer) => (answer.ok ? answer.value.applied.length : -1))
    expect(applied.toSorted((one, other) => one - other)).toEqual([0, MIGRATIONS.length])
  })

  test('a transaction of the query builder is undone when its function throws', async () => {
    const shelf = await openShelf(kind)
    cleanups.push(() => shelf.close())
    const db = openKysely(shelf.database)
    const failing = db.transaction().execute(async (transaction) => {
      await transaction.insertInto('settings').values({ name: 'a', value: '1' }).execute()
      throw new Error('on purpose')
    })
    expect(await rejection(failing)).toContain('on purpose')
    expect(await shelf.store.settings.get('a')).toBeUndefined()
    await db
      .transaction()
      .execute((transaction) => transaction.insertInto('settings').values({ name: 'a', value: '2' }).execute())
    expect(await shelf.store.settings.get('a')).toBe('2')
  })
})
