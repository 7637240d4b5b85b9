import { expect, test } from 'bun:test'
import { makePlace } from '../../test/harness/databases.ts'
import type { Database } from './database.ts'
import { openKysely } from './dialect.ts'
import { migrate } from './migrate.ts'

test('queries said at once are in the queue at once, to share a commit', async () => {
  const place = await makePlace('sqlite')
  const database = await place.open()
  await migrate(database)
  let [under, most] = [0, 0]
  const counting: Database = Object.create(database, {
    run: {
      value: async (...said: Parameters<Database['run']>) => {
        under += 1
        most = Math.max(most, under)
        const answer = await database.run(...said)
        under -= 1
        return answer
      },
    },
  })
  const db = openKysely(counting)
  await Promise.all(Array.from({ length: 8 }, () => db.selectFrom('users').selectAll().execute()))
  expect(most).toBe(8)
  await place.remove()
})
