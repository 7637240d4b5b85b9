import type { Kysely, Selectable } from 'kysely'
import type { KeyRecord, Scope } from '../../keys/types.ts'
import { readBudgets, writeBudgets } from '../budget-json.ts'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import type { Tables } from '../tables.ts'
import type { FoundKey, KeyChanges, NewKey, Store } from '../types.ts'
import { changeBudgets } from './budget-change.ts'
import { changing } from './changes.ts'
import { readUser, selectUsers } from './users.ts'

/** The keys of `Store`. */
export const keyQueries = (db: Kysely<Tables>, nowMs: () => number): Store['keys'] => ({
  create: (key, hash) => createKey(db, key, hash, nowMs()),
  find: (id) => findKey(db, id),
  findByHash: (hash) => findByHash(db, hash),
  list: async ({ userId }, page) => {
    const all = db.selectFrom('keys').selectAll()
    const query = userId === undefined ? all : all.where('user_id', '=', userId)
    const listing = await fetchPage(query, page, { atMs: 'created_at_ms', id: 'id' }, (row) => ({
      atMs: Number(row.created_at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readKey), nextCursor: listing.nextCursor }
  },
  update: async (id, { budgets, ...changes }) => {
    const columns = columnsOf(changes)
    const hasColumns = Object.keys(columns).length > 0
    if (hasColumns || budgets)
      await changing(db, 'key', id, nowMs(), async (transaction) => {
        if (budgets) await changeBudgets(transaction, 'keys', id, budgets)
        if (hasColumns) await transaction.updateTable('keys').set(columns).where('id', '=', id).execute()
      })
    return findKey(db, id)
  },
  revoke: async (id) => {
    const atMs = nowMs()
    await changing(db, 'key', id, atMs, (transaction) => {
      const revoked = transaction.updateTable('keys').set({ revoked_at_ms: atMs })
      return revoked.where('id', '=', id).where('revoked_at_ms', 'is', null).execute()
    })
    return findKey(db, id)
  },
  rotate: async (id, hash, prefix, oldValidUntilMs) => {
    await changing(db, 'key', id, nowMs(), (transaction) => {
      const rotated = transaction.updateTable('keys').set((old) => ({
        previous_hash: old.ref('hash'),
        previous_valid_until_ms: oldValidUntilMs,
        hash,
        prefix,
      }))
      return rotated.where('id', '=', id).execute()
    })
    return findKey(db, id)
  },
})

type KeyRow = Selectable<Tables['keys']>

const createKey = async (
  db: Kysely<Tables>,
  { madeBy = 'operator', ...key }: NewKey,
  hash: string,
  createdAtMs: number,
): Promise<KeyRecord> => {
  const id = newId('key_', createdAtMs)
  const row = {
    id,
    user_id: key.userId,
    project_id: key.projectId,
    name: key.name,
    group_name: key.group,
    prefix: key.prefix,
    hash,
    models: key.models && JSON.stringify(key.models),
    ip_allow: key.ipAllow && JSON.stringify(key.ipAllow),
    scopes: JSON.stringify(key.scopes),
    labels: JSON.stringify(key.labels),
    rpm: key.rpm,
    tpm: key.tpm,
    itpm: key.itpm,
    otpm: key.otpm,
    concurrency: key.concurrency,
    budgets: writeBudgets(key.budgets),
    created_at_ms: createdAtMs,
    expires_at_ms: key.expiresAtMs,
    made_by: madeBy,
  }
  await db.insertInto('keys').values(row).execute()
  return { ...key, id, createdAtMs, revokedAtMs: null, madeBy }
}

const columnsOf = ({ name, models, ipAllow, labels, expiresAtMs, ...limits }: Omit<KeyChanges, 'budgets'>) => ({
  ...(name !== undefined && { name }),
  ...(models !== undefined && { models: models && JSON.stringify(models) }),
  ...(ipAllow !== undefined && { ip_allow: ipAllow && JSON.stringify(ipAllow) }),
  ...(labels !== undefined && { labels: JSON.stringify(labels) }),
  ...limitsOf(limits),
  ...(expiresAtMs !== undefined && { expires_at_ms: expiresAtMs }),
})

const limitsOf = ({
  rpm,
  tpm,
  itpm,
  otpm,
  concurrency,
}: Pick<KeyChanges, 'rpm' | 'tpm' | 'itpm' | 'otpm' | 'concurrency'>) => ({
  ...(rpm !== undefined && { rpm }),
  ...(tpm !== undefined && { tpm }),
  ...(itpm !== undefined && { itpm }),
  ...(otpm !== undefined && { otpm }),
  ...(concurrency !== undefined && { concurrency }),
})

const findKey = async (db: Kysely<Tables>, id: string): Promise<KeyRecord | undefined> => {
  const row = await db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst()
  return row && readKey(row)
}

const findByHash = async (db: Kysely<Tables>, hash: string): Promise<FoundKey | undefined> => {
  const keys = db.selectFrom('keys').selectAll()
  const key = await keys
    .where((or) => or.or([or('hash', '=', hash), or('previous_hash', '=', hash)]))
    .executeTakeFirst()
  if (!key) return undefined
  const user = await selectUsers(db).where('users.id', '=', key.user_id).executeTakeFirstOrThrow()
  const project =
    key.project_id === null
      ? undefined
      : await db.selectFrom('projects').select('budgets').where('id', '=', key.project_id).executeTakeFirst()
  const isCurrent = key.hash === hash
  return {
    key: readKey(key),
    user: readUser(user),
    projectBudgets: readBudgets(project?.budgets ?? null),
    validUntilMs: isCurrent ? null : numberOf(key.previous_valid_until_ms),
  }
}

const readKey = (row: KeyRow): KeyRecord => ({
  id: row.id,
  userId: row.user_id,
  projectId: row.project_id,
  name: row.name,
  group: row.group_name,
  prefix: row.prefix,
  models: row.models === null ? null : readList(row.models),
  ipAllow: row.ip_allow === null ? null : readList(row.ip_allow),
  // A scope this version does not know stays in the list: dropping it could leave the empty list, which means all.
  scopes: readList(row.scopes) as readonly Scope[],
  labels: readList(row.labels),
  rpm: numberOf(row.rpm),
  tpm: numberOf(row.tpm),
  itpm: numberOf(row.itpm),
  otpm: numberOf(row.otpm),
  concurrency: numberOf(row.concurrency),
  budgets: readBudgets(row.budgets),
  createdAtMs: Number(row.created_at_ms),
  expiresAtMs: numberOf(row.expires_at_ms),
  revokedAtMs: numberOf(row.revoked_at_ms),
  madeBy: row.made_by === 'member' ? 'member' : 'operator',
})

const readList = (json: string): readonly string[] => JSON.parse(json) as readonly string[]
const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value))
