import { afterEach, expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Database, type DatabaseOptions, openDatabase } from './database.ts'
import { acquireServeLock } from './database-lock.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const temporaryPath = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
  cleanups.push(() => rmSync(folder, { recursive: true }))
  return join(folder, 'deeper', 'test.db')
}

/** `expect(…).rejects` runs the event loop inside itself, and a worker's messages get lost in there. */
const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'not rejected',
    (error: unknown) => String(error),
  )

const open = async (path = temporaryPath(), options: DatabaseOptions = {}): Promise<Database> => {
  const database = await openDatabase(path, options)
  cleanups.push(() => database.close())
  return database
}

const run = async (database: Database, sql: string, ...parameters: unknown[]) => {
  const answer = await database.run([{ sql, parameters }])
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value[0]?.rows ?? []
}

const openTable = async (options: DatabaseOptions = {}, path = temporaryPath()) => {
  const database = await open(path, options)
  await run(database, 'CREATE TABLE items (id INTEGER PRIMARY KEY, amount INTEGER, note TEXT) STRICT')
  const insert = database.prepare([{ sql: 'INSERT INTO items (id, amount) VALUES (?, ?)', use: [0, 1], guard: false }])
  return { database, insert }
}

test('a database that is closed has let go of its file, whatever was prepared: no journal is left beside it', async () => {
  const path = temporaryPath()
  const { database, insert } = await openTable({}, path)
  await database.call(insert, [1, 1n])
  expect(existsSync(`${path}-wal`)).toBe(true)
  await database.close()
  expect(existsSync(`${path}-wal`)).toBe(false)
})

test('a lease has the database alone, in its turn, and what it does not commit is undone', async () => {
  const { database, insert } = await openTable()
  const before = database.call(insert, [1, 0n])
  const lease = await database.lease()
  expect((await before).ok).toBe(true)
  let done = false
  const after = database.call(insert, [3, 0n]).then(() => (done = true))
  await lease.execute({ sql: 'BEGIN IMMEDIATE', parameters: [] })
  await lease.execute({ sql: 'INSERT INTO items (id) VALUES (2)', parameters: [] })
  expect(done).toBe(false)
  await lease.release()
  await after
  expect(await lease.execute({ sql: 'SELECT 1', parameters: [] })).toMatchObject({
    ok: false,
    error: { kind: 'closed' },
  })
  expect(await run(database, 'SELECT id FROM items')).toEqual([{ id: 1n }, { id: 3n }])
})

test('a full database fails what needs space, says so, and works again when there is space', async () => {
  const { database } = await openTable()
  const [row] = await run(database, 'PRAGMA page_count')
  await run(database, `PRAGMA max_page_count = ${String(row?.['page_count'])}`)
  const big = { sql: 'INSERT INTO items (note) VALUES (?)', parameters: ['x'.repeat(100_000)] }
  const small = { sql: 'UPDATE items SET note = NULL', parameters: [] }
  const answers = await Promise.all([database.run([big]), database.run([small])])
  expect(answers[0]).toMatchObject({ ok: false, error: { kind: 'full' } })
  await run(database, 'PRAGMA max_page_count = 100000')
  expect((await database.run([big])).ok).toBe(true)
})

test('a file that is no database is refused with its path in the message', async () => {
  const path = temporaryPath()
  await open(path).then((database) => database.close())
  await Bun.write(path, 'this is no database, it only looks like one'.repeat(200))
  expect(await rejection(openDatabase(path))).toContain(path)
})

test('of two servers on one database the second is refused, until the first lets go', () => {
  const path = temporaryPath()
  const first = acquireServeLock(path)
  expect(first.ok).toBe(true)
  expect(acquireServeLock(path)).toMatchObject({ ok: false })
  if (first.ok) first.value.release()
  const second = acquireServeLock(path)
  expect(second.ok).toBe(true)
  if (second.ok) second.value.release()
})

test('a database reached by another link is the same database, whether its file exists yet or not', () => {
  const path = temporaryPath()
  const folder = dirname(path)
  mkdirSync(folder)
  symlinkSync(path, join(folder, 'link.db'))
  symlinkSync(folder, join(dirname(folder), 'other'))
  const first = acquireServeLock(join(folder, 'link.db'))
  expect(first.ok).toBe(true)
  for (const other of [path, join(dirname(folder), 'other', 'test.db'), join(dirname(folder), 'other', 'link.db')])
    expect(acquireServeLock(other)).toMatchObject({ ok: false })
  if (first.ok) first.value.release()
})

test('a folder where no file can be made is a refusal that names the database', () => {
  expect(acquireServeLock('/dev/null/deeper/test.db')).toMatchObject({
    ok: false,
    error: expect.stringContaining('/dev/null/deeper/test.db'),
  })
})

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('a new database can be read by its owner alone, and so can its folder, lock and journals', async () => {
  const path = temporaryPath()
  const umask = process.umask(0)
  cleanups.push(() => process.umask(umask))
  const lock = acquireServeLock(path)
  await openTable({}, path)
  expect(['', '.lock', '-wal', '-shm'].map((end) => modeOf(path + end))).toEqual(['600', '600', '600', '600'])
  expect(modeOf(dirname(path))).toBe('700')
  if (lock.ok) lock.value.release()
})

test('the modes of a folder and of a file that exist are left alone', async () => {
  const path = temporaryPath()
  mkdirSync(dirname(path))
  chmodSync(dirname(path), 0o755)
  await Bun.write(path, '')
  chmodSync(path, 0o640)
  await open(path)
  expect([modeOf(dirname(path)), modeOf(path)]).toEqual(['755', '640'])
})

test('a server that is killed lets go of its database', async () => {
  const path = temporaryPath()
  const lock = JSON.stringify(new URL('./database-lock.ts', import.meta.url).pathname)
  const script = `const { acquireServeLock } = await import(${lock})
    console.log(acquireServeLock(${JSON.stringify(path)}).ok); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanups.push(() => child.kill('SIGKILL'))
  const said = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())))
  expect(said).toBe('true')
  expect(existsSync(`${path}.lock`)).toBe(true)
  expect(acquireServeLock(path)).toMatchObject({ ok: false })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  const mine = acquireServeLock(path)
  expect(mine.ok).toBe(true)
  if (mine.ok) mine.value.release()
})
