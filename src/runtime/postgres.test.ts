import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { START_TIMEOUT_MS } from '../../test/harness/databases.ts'
import { type PostgresServer, startPostgres } from '../../test/harness/postgres.ts'
import { openPostgres, type PostgresDatabase, type PostgresOptions } from './postgres.ts'
import { readPostgresAddress } from './postgres-address.ts'
import { numberParameters, readsOnly } from './postgres-values.ts'

let server: PostgresServer
beforeAll(async () => {
  // A server of its own: these tests restart it and freeze it.
  server = await startPostgres()
}, START_TIMEOUT_MS)
afterAll(() => server.stop())

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const QUICK: PostgresOptions = { connectTimeoutMs: 1_000, statementTimeoutMs: 400, lockTimeoutMs: 200 }

const open = async (options: PostgresOptions = QUICK, url?: string): Promise<PostgresDatabase> => {
  const database = await openPostgres(url ?? (await server.createDatabase()), options)
  cleanups.push(() => database.close())
  return database
}

const run = (database: PostgresDatabase, sql: string, ...parameters: unknown[]) => database.run([{ sql, parameters }])

const openItems = async (options: PostgresOptions = QUICK) => {
  const url = await server.createDatabase()
  const database = await open(options, url)
  const created = await run(database, 'CREATE TABLE items (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL)')
  expect(created.ok).toBe(true)
  const add = (id: number) => run(database, 'INSERT INTO items VALUES (?, 0)', id)
  const ids = async () => {
    const answer = await run(database, 'SELECT id FROM items ORDER BY id')
    return answer.ok ? answer.value[0]?.rows.map(({ id }) => Number(id)) : answer.error.kind
  }
  return { url, database, add, ids }
}

const kindOf = (answer: { ok: true } | { ok: false; error: { kind: string } }): string =>
  answer.ok ? 'ok' : answer.error.kind

const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'not rejected',
    (error: unknown) => String(error),
  )

test(
  'a server that was restarted is found again, whatever was open',
  async () => {
    const { database, add, ids } = await openItems()
    expect(kindOf(await add(1))).toBe('ok')
    await server.restart()
    expect(await ids()).toEqual([1])
    await server.restart()
    expect(kindOf(await add(2))).toBe('ok')
    await server.kill()
    expect(kindOf(await add(3))).toBe('unavailable')
    expect(await ids()).toBe('unavailable')
    expect(await rejection(database.lease())).toContain('no connection')
    await server.start()
    expect(kindOf(await add(4))).toBe('ok')
    expect(await ids()).toEqual([1, 2, 4])
  },
  START_TIMEOUT_MS,
)

test(
  'a server that is frozen holds nobody longer than the time limits, and goes on where it was',
  async () => {
    const { database, add, ids } = await openItems()
    expect(kindOf(await add(1))).toBe('ok')
    server.suspend()
    cleanups.push(() => server.resume())
    const answers = await Promise.all([add(2), ids(), database.ask({ sql: 'SELECT 1', parameters: [] })])
    expect(answers[1]).toBe('unavailable')
    expect(kindOf(answers[0])).toBe('unavailable')
    expect(['unavailable', 'uncertain']).toContain(kindOf(answers[2]))
    server.resume()
    expect(kindOf(await add(3))).toBe('ok')
    expect(await ids()).toEqual([1, 3])
  },
  START_TIMEOUT_MS,
)

test('a commit whose answer is lost is reported as uncertain, and never as done or undone', async () => {
  const { database, ids } = await openItems({ ...QUICK, statementTimeoutMs: 2_000 })
  // The trigger runs when the commit is asked for, and is cut there.
  const statements = [
    `CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`,
    `CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON items DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.id = 7) EXECUTE FUNCTION cut()`,
  ]
  for (const sql of statements) expect(kindOf(await run(database, sql))).toBe('ok')
  expect(kindOf(await run(database, 'INSERT INTO items VALUES (7, 0)'))).toBe('uncertain')
  expect(await ids()).toEqual([])
})

test('a statement that takes too long, or waits too long for a lock, has done nothing', async () => {
  const { url, database, add, ids } = await openItems()
  await add(1)
  expect(kindOf(await run(database, 'SELECT pg_sleep(5)'))).toBe('busy')
  const other = await open(QUICK, url)
  const lease = await other.lease()
  await lease.execute({ sql: 'BEGIN', parameters: [] })
  await lease.execute({ sql: 'UPDATE items SET amount = 1', parameters: [] })
  expect(kindOf(await run(database, 'UPDATE items SET amount = 2'))).toBe('busy')
  expect(await ids()).toEqual([1])
  await lease.release()
  expect(kindOf(await run(database, 'UPDATE items SET amount = 2'))).toBe('ok')
})

test(
  'of two that lock each other out, one gives way and both are done',
  async () => {
    const patient = { statementTimeoutMs: 20_000, lockTimeoutMs: 20_000 }
    const { url, database, add } = await openItems(patient)
    const other = await open(patient, url)
    await add(1)
    await add(2)
    const lease = await other.lease()
    const step = (sql: string) => lease.execute({ sql, parameters: [] })
    await step('BEGIN')
    // Who has waited longest notices the deadlock first, and it is not to be the lease.
    await step("SET LOCAL deadlock_timeout = '20s'")
    await step('UPDATE items SET amount = amount + 1 WHERE id = 1')
    const batch = [2, 1].map((id) => run(database, 'UPDATE items SET amount = amount + 10 WHERE id = ?', id))
    await Bun.sleep(100)
    expect(kindOf(await step('UPDATE items SET amount = amount + 1 WHERE id = 2'))).toBe('ok')
    await step('COMMIT')
    await lease.release()
    expect((await Promise.all(batch)).map(kindOf)).toEqual(['ok', 'ok'])
    expect(await run(database, 'SELECT amount FROM items')).toMatchObject({
      value: [{ rows: [{ amount: 11n }, { amount: 11n }] }],
    })
  },
  START_TIMEOUT_MS,
)

test('reads wait neither for one another nor for a write said after them', async () => {
  const { url, database, add, ids } = await openItems({ ...QUICK, statementTimeoutMs: 5_000, lockTimeoutMs: 5_000 })
  await add(1)
  const lease = await (await open(QUICK, url)).lease()
  await lease.execute({ sql: 'BEGIN', parameters: [] })
  await lease.execute({ sql: 'UPDATE items SET amount = 1', parameters: [] })
  const slow = run(database, 'SELECT pg_sleep(0.5)')
  const before = ids()
  const write = run(database, 'UPDATE items SET amount = 2')
  expect(await before).toEqual([1])
  expect(await Promise.race([write, slow, database.ask({ sql: 'SELECT 1 AS one', parameters: [] })])).toMatchObject({
    value: { rows: [{ one: 1n }] },
  })
  await lease.release()
  expect(kindOf(await write)).toBe('ok')
  expect(kindOf(await slow)).toBe('ok')
})

test('many reads of one run see one moment', async () => {
  const { database, add } = await openItems()
  await add(1)
  const count = { sql: 'SELECT count(*) AS n, txid_current_snapshot()::text AS moment FROM items', parameters: [] }
  const answer = await database.run([count, count])
  if (!answer.ok) throw new Error(answer.error.message)
  expect(answer.value[0]).toEqual(answer.value[1])
})

test('a prepared statement whose table has changed is prepared anew', async () => {
  const { database, add } = await openItems({ ...QUICK, connectionsMax: 1 })
  await add(1)
  const named = { sql: 'SELECT * FROM items', parameters: [], name: 'all_items' }
  expect(kindOf(await database.ask(named))).toBe('ok')
  await run(database, 'ALTER TABLE items ADD COLUMN note TEXT')
  expect(await database.ask(named)).toMatchObject({ value: { rows: [{ id: 1n, note: null }] } })
})

test('what cannot be written in a text is written as a sign for it', async () => {
  const database = await open()
  expect(await run(database, 'SELECT ?::text AS text', 'a\0b')).toMatchObject({
    value: [{ rows: [{ text: 'a\ufffdb' }] }],
  })
})

test('what fails to open says what to do, and never the password', async () => {
  const url = new URL(await server.createDatabase())
  const secret = 'not-the-password'
  url.password = secret
  const wrong = await rejection(openPostgres(url.href))
  expect(wrong).toContain('password authentication failed')
  const none = await rejection(openPostgres(`postgres://u:${secret}@127.0.0.1:1/none`, QUICK))
  expect(none).toContain('postgres://127.0.0.1:1/none cannot be opened')
  const malformed = await rejection(openPostgres(`postgres://u:${secret}/x@host/db`))
  const unknown = await rejection(openPostgres(`postgres://u:${secret}@host/db?ssl=${secret}`))
  expect(unknown).toContain('sslmode')
  for (const said of [wrong, none, malformed, unknown]) expect(said).not.toContain(secret)
})

describe('an address', () => {
  test.each([
    ['postgres://u:p%2F%25@h/d', { user: 'u', password: 'p/%', host: 'h', port: 5_432, database: 'd', ssl: false }],
    ['postgresql://u@[::1]:6000/a%20b?sslmode=verify-full', { host: '::1', port: 6_000, database: 'a b' }],
    ['postgres://u@h/d?sslmode=require', { ssl: { rejectUnauthorized: false } }],
    ['postgres://u@h/d?application_name=x', { applicationName: 'x' }],
  ])('%s is read', (url, expected) => expect(readPostgresAddress(url)).toMatchObject({ ok: true, value: expected }))

  test.each([
    ['postgres://host', 'such as'],
    ['mysql://u:p@h/d', 'such as'],
    ['nonsense', 'such as'],
    ['postgres://u:%zz@h/d', '%25'],
    ['postgres://u@h/d?sslmode=maybe', 'verify-full'],
    ['postgres://u@h/d?sslrootcert=/nowhere/ca.pem', 'sslrootcert'],
  ])('%s is refused with what to write', (url, words) =>
    expect(readPostgresAddress(url)).toMatchObject({ ok: false, error: expect.stringContaining(words) }),
  )
})

test.each([
  ['SELECT ?, ?', 'SELECT $1, $2'],
  ["SELECT '?', 'it''s ?', ?", "SELECT '?', 'it''s ?', $1"],
  ['SELECT "a?" FROM t WHERE b = ? -- ?', 'SELECT "a?" FROM t WHERE b = $1 -- ?'],
  ['SELECT ? /* ? */ + ?', 'SELECT $1 /* ? */ + $2'],
  ['DO $$ ? $$; SELECT $a$ ? $$ $a$, ?', 'DO $$ ? $$; SELECT $a$ ? $$ $a$, $1'],
  ['SELECT $1', 'SELECT $1'],
])('the parameters of %s are numbered', (sql, expected) => expect(numberParameters(sql)).toBe(expected))

test.each([
  ['select 1', true],
  ['WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a', true],
  ['WITH gone AS (DELETE FROM a RETURNING b) SELECT * FROM gone', false],
  ['SELECT * FROM a FOR UPDATE', false],
  ['INSERT INTO a SELECT 1', false],
  ['BEGIN', false],
])('whether %s only reads is seen', (sql, expected) => expect(readsOnly(sql)).toBe(expected))
