import { type Kysely, type Selectable, sql } from 'kysely'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { nanoUsd, partsPerMillion } from '../../units.ts'
import { userAccountId } from '../account-ids.ts'
import { type Database, DatabaseError } from '../database.ts'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import type { Tables } from '../tables.ts'
import type { NewUser, Store, UserChanges, UserRecord } from '../types.ts'
import { lowered } from '../words.ts'
import { changeRow } from './changes.ts'
import { containing } from './overview-search.ts'

/** The users of `Store`. */
export const userQueries = (database: Database, db: Kysely<Tables>, nowMs: () => number): Store['users'] => ({
  create: (user) => createUser(database, db, user, nowMs()),
  find: async (id) => toUser(await selectUsers(db).where('users.id', '=', id).executeTakeFirst()),
  findByEmail: async (email) =>
    toUser(await selectUsers(db).where(sql`lower(users.email)`, '=', lowered(email)).executeTakeFirst()),
  list: async (page, q) => {
    const all = selectUsers(db)
    const some =
      q === undefined
        ? all
        : all.where((or) => or.or(['users.email', 'users.id', 'users.name'].map((column) => containing(column, q))))
    const listing = await fetchPage(some, page, { atMs: 'users.created_at_ms', id: 'users.id' }, (row) => ({
      atMs: Number(row.created_at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readUser), nextCursor: listing.nextCursor }
  },
  update: (id, changes) => updateUser(database, db, id, changes, nowMs()),
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

/** The account is found by its own id: by its user it would be looked for among all. */
export const selectUsers = (db: Kysely<Tables>) =>
  db
    .selectFrom('users')
    .innerJoin('accounts', (join) => join.on('accounts.id', '=', sql<string>`${userAccountId('')} || users.id`))
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
  return err(emailTaken(user.email))
}

const updateUser = async (
  database: Database,
  db: Kysely<Tables>,
  id: string,
  { email, plan, rateMultiplier }: UserChanges,
  changedAtMs: number,
): Promise<Result<UserRecord | undefined, GatewayError>> => {
  const changes = {
    ...(email !== undefined && { email }),
    ...(plan !== undefined && { plan }),
    ...(rateMultiplier !== undefined && { rate_multiplier_ppm: rateMultiplier }),
  }
  if (Object.keys(changes).length > 0) {
    const answer = await database.run([
      db.updateTable('users').set(changes).where('id', '=', id).compile(),
      db
        .insertInto('changes')
        .values(changeRow('user', id, changedAtMs))
        .compile(),
    ])
    if (!answer.ok && answer.error.kind === 'unique' && email !== undefined) return err(emailTaken(email))
    if (!answer.ok) throw new DatabaseError(answer.error)
  }
  return ok(toUser(await selectUsers(db).where('users.id', '=', id).executeTakeFirst()))
}

const emailTaken = (email: string): GatewayError =>
  fault('conflict', `A user with the e-mail ${email} exists already. Use that user, or another e-mail.`)
