import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { DATABASES, makePlace, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import type { BudgetRule } from '../../ledger/budgets.ts'
import { nanoUsd, ONE, partsPerMillion, ZERO_USD } from '../../units.ts'
import { openKysely } from '../dialect.ts'
import { openShelf, type Shelf } from '../fixture.ts'
import { migrate } from '../migrate.ts'
import { MIGRATIONS } from '../migrations/index.ts'
import { openStore } from '../store.ts'

const DAY: BudgetRule = { window: 'day', limit: nanoUsd(9_007_199_254_740_993n) }
const TOTAL: BudgetRule = { window: 'total', limit: nanoUsd(1n) }

const newUser = (email: string) => ({ email, plan: null, rateMultiplier: ONE, overdraft: ZERO_USD })
const newKey = (userId: string, projectId: string | null) => ({
  userId,
  projectId,
  name: 'laptop',
  group: 'default',
  prefix: 'sk-tg-abc',
  models: ['m'],
  ipAllow: null,
  scopes: [],
  labels: [],
  rpm: 60,
  tpm: null,
  itpm: null,
  otpm: null,
  concurrency: null,
  budgets: [TOTAL, DAY],
  expiresAtMs: null,
})

describe.each(DATABASES)('on %s', (kind) => {
  let shelf: Shelf
  beforeAll(async () => {
    shelf = await openShelf(kind, () => 1_000)
  }, START_TIMEOUT_MS)
  afterAll(() => shelf.close())

  const userNamed = async (email: string): Promise<string> => {
    const user = await shelf.store.users.create(newUser(email))
    if (!user.ok) throw new Error(user.error.message)
    return user.value.id
  }

  test('a project is found as it was made, changed in what is named, and ended once', async () => {
    const { projects } = shelf.store
    const made = await projects.create({ name: 'search', userId: null, budgets: [TOTAL, DAY] })
    expect(await projects.find(made.id)).toEqual(made)
    expect(await projects.update(made.id, { name: 'find' })).toEqual({ ...made, name: 'find' })
    expect(await projects.update(made.id, { budgets: () => [] })).toEqual({ ...made, name: 'find', budgets: [] })
    expect(await projects.archive(made.id)).toMatchObject({ archivedAtMs: 1_000 })
    expect(await projects.archive('project_x')).toBeUndefined()
    expect(await projects.update('project_x', { name: 'y' })).toBeUndefined()
    const { rows } = await projects.list({}, { limit: 10 })
    expect(rows.map(({ id }) => id)).toEqual([made.id])
  })

  test('a key is found by its secret with the budgets of its project, and revoked with it', async () => {
    const { projects, keys } = shelf.store
    const userId = await userNamed('a@example.com')
    const project = await projects.create({ name: 'p', userId, budgets: [DAY] })
    const key = await keys.create(newKey(userId, project.id), 'hash 1')
    const labelled = await keys.create(newKey(userId, 'a label'), 'hash 2')
    expect(await keys.findByHash('hash 1')).toMatchObject({ key, projectBudgets: [DAY] })
    expect(await keys.findByHash('hash 2')).toMatchObject({ key: labelled, projectBudgets: [] })
    await projects.archive(project.id)
    expect(await keys.find(key.id)).toMatchObject({ revokedAtMs: 1_000 })
    expect(await keys.find(labelled.id)).toMatchObject({ revokedAtMs: null })
  })

  test('of users and keys what is named is changed, and the rest stays', async () => {
    const { users, keys } = shelf.store
    const userId = await userNamed('b@example.com')
    const before = await users.find(userId)
    const plan = await users.update(userId, { plan: 'pro', rateMultiplier: partsPerMillion(5n) })
    expect(plan).toMatchObject({ value: { ...before, plan: 'pro', rateMultiplier: partsPerMillion(5n) } })
    expect(await users.update(userId, { email: 'A@example.com' })).toMatchObject({ error: { kind: 'conflict' } })
    expect(await users.update('user_x', { plan: 'pro' })).toMatchObject({ ok: true, value: undefined })
    const key = await keys.create(newKey(userId, null), 'hash 3')
    const changes = { name: 'desk', models: null, rpm: null, expiresAtMs: 7 }
    const changed = { ...key, ...changes, budgets: [DAY] }
    expect(await keys.update(key.id, { ...changes, budgets: () => [DAY] })).toEqual(changed)
    expect(await keys.update(key.id, {})).toEqual(changed)
    expect(await keys.update('key_x', { name: 'y' })).toBeUndefined()
  })

  test('of two budgets given at once by two processes neither is lost', async () => {
    const other = openStore(await shelf.place.open())
    const userId = await userNamed('c@example.com')
    for (let pair = 0; pair < 30; pair += 1) {
      const key = await shelf.store.keys.create({ ...newKey(userId, null), budgets: [] }, `hash of pair ${pair}`)
      const project = await shelf.store.projects.create({ name: 'p', userId, budgets: [] })
      await Promise.all(
        [shelf.store, other].flatMap((store, index) => {
          const budgets = (before: readonly BudgetRule[]) => [...before, index === 0 ? TOTAL : DAY]
          return [store.keys.update(key.id, { budgets }), store.projects.update(project.id, { name: 'q', budgets })]
        }),
      )
      expect((await other.keys.find(key.id))?.budgets).toEqual([TOTAL, DAY])
      expect((await other.projects.find(project.id))?.budgets).toEqual([TOTAL, DAY])
    }
  })

  test('what a key could ever spend before there were windows is its total afterwards', async () => {
    const place = await makePlace(kind)
    const database = await place.open()
    await migrate(database, { migrations: MIGRATIONS.slice(0, 3) })
    const db = openKysely(database)
    await sql`INSERT INTO users (id, email, rate_multiplier_ppm, created_at_ms) VALUES ('u', 'u@example.com', 1, 1)`.execute(
      db,
    )
    const values = sql`'u', 'k', 'default', 'p', '[]', 1`
    await sql`INSERT INTO keys (id, hash, budget_nano, user_id, name, group_name, prefix, scopes, created_at_ms)
      VALUES ('k1', 'h1', 9007199254740993, ${values}), ('k2', 'h2', NULL, ${values})`.execute(db)
    await migrate(database)
    const { keys } = openStore(database)
    expect(await keys.find('k1')).toMatchObject({ budgets: [{ window: 'total', limit: DAY.limit }] })
    expect(await keys.find('k2')).toMatchObject({ budgets: [] })
    await place.remove()
  })
})
