import { type Kysely, sql } from 'kysely'
import { ok } from '../../result.ts'
import type { Dialect } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { CountUses, ObjectKind, ObjectRecord, ObjectWrite, Store, StoredObjects } from '../types.ts'
import { recordChange } from './changes.ts'
import { putProviderKey, readProviderKeys, removeProviderKeys, resealProviderKeys } from './provider-keys.ts'

/** The administered objects of `Store`. */
export const objectQueries = (db: Kysely<Tables>, dialect: Dialect, nowMs: () => number): Store['objects'] => ({
  read: () => readStored(db),
  change: async (by, decide) =>
    db.transaction().execute(async (transaction) => {
      await inTurn(transaction, dialect)
      const decided = await decide(await readStored(transaction), countUsesIn(transaction))
      if (!decided.ok) return decided
      const act = { by, atMs: nowMs() }
      for (const write of decided.value) {
        await apply(transaction, write, act)
        await recordChange(transaction, 'object', subjectOf(write), act.atMs)
      }
      return ok(await readStored(transaction))
    }),
  reseal: (newest, limit, reseal) =>
    db.transaction().execute(async (transaction) => {
      await inTurn(transaction, dialect)
      return resealProviderKeys(transaction, newest, limit, reseal)
    }),
})

/** What is decided rests on all that there is: on PostgreSQL nobody else may change it meanwhile; reading goes on. */
const inTurn = async (transaction: Kysely<Tables>, dialect: Dialect): Promise<void> => {
  if (dialect === 'postgres')
    await sql`LOCK TABLE administered_objects IN SHARE ROW EXCLUSIVE MODE`.execute(transaction)
}

const readStored = async (db: Kysely<Tables>): Promise<StoredObjects> => {
  const rows = await db.selectFrom('administered_objects').selectAll().orderBy('kind').orderBy('id').execute()
  const objects = rows.map(
    (row): ObjectRecord => ({
      kind: row.kind as ObjectKind,
      id: row.id,
      body: JSON.parse(row.body) as unknown,
      version: Number(row.version),
      createdAtMs: Number(row.created_at_ms),
      updatedAtMs: Number(row.updated_at_ms),
      updatedBy: row.updated_by,
    }),
  )
  return { objects, keys: await readProviderKeys(db) }
}

const countUsesIn =
  (db: Kysely<Tables>): CountUses =>
  async (kind, id) => {
    const count = sql<bigint>`count(*)`.as('uses')
    const counted =
      kind === 'group'
        ? db.selectFrom('keys').select(count).where('group_name', '=', id).where('revoked_at_ms', 'is', null)
        : db.selectFrom('users').select(count).where('plan', '=', id)
    return Number((await counted.executeTakeFirst())?.uses ?? 0)
  }

const subjectOf = (write: ObjectWrite): string =>
  write.act === 'put' || write.act === 'remove' ? `${write.kind}/${write.id}` : `provider/${write.providerId}`

const apply = async (
  db: Kysely<Tables>,
  write: ObjectWrite,
  act: { readonly by: string; readonly atMs: number },
): Promise<void> => {
  switch (write.act) {
    case 'put':
      return put(db, write, act)
    case 'put-key':
      return putProviderKey(db, write, act)
    case 'remove-key':
      return removeProviderKeys(db, write.providerId, write.id)
    case 'remove':
      await db.deleteFrom('administered_objects').where('kind', '=', write.kind).where('id', '=', write.id).execute()
      return write.kind === 'provider' ? removeProviderKeys(db, write.id) : undefined
  }
}

const put = async (
  db: Kysely<Tables>,
  { kind, id, body }: Pick<ObjectRecord, 'kind' | 'id' | 'body'>,
  { by, atMs }: { readonly by: string; readonly atMs: number },
): Promise<void> => {
  const changed = { body: JSON.stringify(body), updated_at_ms: atMs, updated_by: by }
  await db
    .insertInto('administered_objects')
    .values({ kind, id, version: 1, created_at_ms: atMs, ...changed })
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'id'])
        .doUpdateSet({ ...changed, version: sql<bigint>`administered_objects.version + 1` }),
    )
    .execute()
}
