import { expect, test } from 'bun:test'
import { makePlace } from '../../../test/harness/databases.ts'
import { openKysely } from '../dialect.ts'
import { migrate } from '../migrate.ts'
import { selectUsers } from './users.ts'

test('a user and their account are found by their ids, however many there are', async () => {
  const place = await makePlace('sqlite')
  const database = await place.open()
  await migrate(database)
  const { sql, parameters } = selectUsers(openKysely(database)).where('users.id', '=', 'user_1').compile()
  const plan = await database.run([{ sql: `EXPLAIN QUERY PLAN ${sql}`, parameters }])
  const steps = plan.ok ? (plan.value[0]?.rows ?? []).map(({ detail }) => String(detail)) : []
  expect(steps.length).toBe(2)
  expect(steps.filter((step) => !step.startsWith('SEARCH'))).toEqual([])
  await place.remove()
})
