import { afterAll, expect, test } from 'bun:test'
import { makePlace } from '../../test/harness/databases.ts'
import type { Database } from './database.ts'
import { withPatience } from './patience.ts'

const place = await makePlace('sqlite')
const database = await place.open()
afterAll(() => place.remove())

const READ = { sql: 'SELECT 1 AS one', parameters: [] }

test('a read that takes too long fails as unavailable', async () => {
  const silent: Database = Object.create(database, { run: { value: () => new Promise(() => undefined) } })
  expect(await withPatience(silent, 20).run([READ])).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
})

test('a read in time is answered, and a write takes the time it needs', async () => {
  const patient = withPatience(database, 5_000)
  expect(await patient.run([READ])).toMatchObject({ ok: true, value: [{ rows: [{ one: 1n }] }] })
  const written = Promise.withResolvers<Awaited<ReturnType<Database['run']>>>()
  const slow: Database = Object.create(database, { run: { value: () => written.promise } })
  const answered = withPatience(slow, 1).run([{ sql: 'DELETE FROM t', parameters: [] }])
  expect(await Promise.race([answered, Bun.sleep(30)])).toBeUndefined()
  written.resolve({ ok: true, value: [] })
  expect((await answered).ok).toBe(true)
})
