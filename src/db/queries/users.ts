import { type Kysely, type Selectable, sql } from 'kysely'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { nanoUsd, partsPerMillion } from '../../units.ts'
import { userAccountId } from '../account-ids.ts'
import { type Database, DatabaseError } from '../database.ts'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import type { Tables } from '../tables.ts'
import type { NewUser, Store, UserRecord } from '../types.ts'

/** The users of `Store`. */
export const userQueries = (database: Database, db: Kysely<Tables>, nowMs: () => number): Store['users'] => ({
  create: (user) => createUser(database, db, user, nowMs()),
  find: async (id) => toUser(await selectUsers(db).where('users.id', '=', id).executeTakeFirst()),
  findByEmail: async (email) =>
    toUser(await selectUsers(db).where(sql`lower(users.email)`, '=', sql`lower(${email})`).executeTakeFirst()),
  list: async (page) => {
    const listing = await fetchPage(selectUsers(db), page, { atMs: 'users.created_at_ms', id: 'users.id' }, (row) => ({
      atMs: Number(row.created_at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readUser), nextCursor: listing.nextCursor }
  },
})

/** A user with its account's overdraft. Shared with the keys, which are always read together with their user. */
export type UserRow = Selectable<Tables['users']> & { readonly overdraft_nano: bigint }

export const readUser = (row: UserRow): UserRecord => ({
  id: row.id,
  email: row.email,
  plan: row.plan,
  rateMultiplier: partsPerMillion(row.rate_multiplier_ppm),
  overdraft: nanoUsd(row.overdraft_nano),
  createdAtMs: Number(row.created_at_ms),
})

const toUser = (row: UserRow | undefined): UserRecord | undefined => (row ? readUser(row) : undefined)

const selectUsers = (db: Kysely<Tables>) =>
  db
    .selectFrom('users')
    .innerJoin('accounts', 'accounts.user_id', 'users.id')
    .selectAll('users')
    .select('accounts.overdraft_nano')

/** The user and its account come into being together or not at all. */
const createUser = async (
  database: Database,
  db: Kysely<Tables>,
  user: NewUser,
  createdAtMs: number,
): Promise<Result<UserRecord, GatewayError>> => {
  const id = newId('user_', createdAtMs)
  const row = {
    id,
    email: user.email,
    plan: user.plan,
    rate_multiplier_ppm: user.rateMultiplier,
    created_at_ms: createdAtMs,
  }
  const account = { id: userAccountId(id), kind: 'user', user_id: id, overdraft_nano: user.overdraft } as const
  const answer = await database.run([
    db.insertInto('users').values(row).compile(),
    db.insertInto('accounts').values(account).compile(),
  ])
  if (answer.ok) return ok({ ...user, id, createdAtMs })
  if (answer.error.kind !== 'unique') throw new DatabaseError(answer.error)
  return err(
    fault('conflict', `A user with the e-mail ${user.email} exists already. Use that user, or another e-mail.`),
  )
}
