import { type Kysely, type Selectable, sql } from 'kysely'
import { fetchPage } from '../page.ts'
import type { OperatorSession, PersonRecord, SessionRecord } from '../people-types.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'
import { lowered } from '../words.ts'
import { endInvitationsOf } from './invitations.ts'
import { proofQueries } from './people-proofs.ts'

/** The people of `Store`, and their sessions. */
export const peopleQueries = (db: Kysely<Tables>, nowMs: () => number): Store['people'] => ({
  find: (id) => findPerson(db, id),
  findByEmail: async (email) => {
    const all = db.selectFrom('people').selectAll()
    const row = await all.where(sql`lower(email)`, '=', lowered(email)).executeTakeFirst()
    return row && readPerson(row)
  },
  list: async ({ search }, page) => {
    const all = db.selectFrom('people').selectAll()
    const like = `%${lowered(search ?? '').replace(/[\\%_]/g, '\\$&')}%`
    const found =
      search === undefined
        ? all
        : all.where(sql<boolean>`(lower(email) LIKE ${like} ESCAPE '\\' OR lower(name) LIKE ${like} ESCAPE '\\')`)
    const listing = await fetchPage(found, page, { atMs: 'created_at_ms', id: 'id' }, (row) => ({
      atMs: Number(row.created_at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readPerson), nextCursor: listing.nextCursor }
  },
  update: (id, changes) => updatePerson(db, id, changes, nowMs()),
  remove: (id) => db.transaction().execute((transaction) => removePerson(transaction, id)),
  removeUnproven: (email) => db.transaction().execute((transaction) => removeUnproven(transaction, email)),
  findSession: (token) => findSession(db, token, nowMs()),
  extendSession: async (id, expiresAtMs) => {
    const extended = db.updateTable('sessions').set({ expires_at_ms: expiresAtMs, updated_at_ms: nowMs() })
    await extended.where('id', '=', id).execute()
  },
  openOperatorSession: async (tokenHash, { kind, actor, userId, proof, expiresAtMs }) => {
    const row = { token_hash: tokenHash, kind, actor, user_id: userId, proof, created_at_ms: nowMs() }
    await db
      .insertInto('operator_sessions')
      .values({ ...row, expires_at_ms: expiresAtMs })
      .execute()
  },
  findOperatorSession: async (tokenHash) => {
    const all = db.selectFrom('operator_sessions').selectAll().where('token_hash', '=', tokenHash)
    const row = await all.where('expires_at_ms', '>', BigInt(nowMs())).executeTakeFirst()
    return row && readOperatorSession(row)
  },
  closeOperatorSession: async (tokenHash) => {
    await db.deleteFrom('operator_sessions').where('token_hash', '=', tokenHash).execute()
  },
  ...proofQueries(db, nowMs),
  sweep: () => sweep(db, nowMs()),
})

const findPerson = async (db: Kysely<Tables>, id: string): Promise<PersonRecord | undefined> => {
  const row = await db.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirst()
  return row && readPerson(row)
}

const updatePerson = async (
  db: Kysely<Tables>,
  id: string,
  { administrator, disabled, emailVerified }: Parameters<Store['people']['update']>[1],
  atMs: number,
): Promise<PersonRecord | undefined> => {
  await db.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('people')
      .set({
        updated_at_ms: atMs,
        ...(administrator !== undefined && { administrator: Number(administrator) }),
        ...(disabled !== undefined && { disabled: Number(disabled) }),
        ...(emailVerified !== undefined && { email_verified: Number(emailVerified) }),
      })
      .where('id', '=', id)
      .execute()
    if (disabled) {
      await transaction.deleteFrom('sessions').where('person_id', '=', id).execute()
      // Where the mailbox is another's by now, what was sent to it is too.
      await transaction.deleteFrom('verifications').where('value', '=', id).execute()
    }
    if (!disabled && administrator !== false) return
    await endInvitationsOf(transaction, id, { isAll: disabled === true })
    await transaction.deleteFrom('verifications').where('made_by', '=', id).execute()
  })
  return findPerson(db, id)
}

const removePerson = async (db: Kysely<Tables>, id: string): Promise<void> => {
  for (const table of ['sessions', 'credentials', 'two_factors', 'memberships'] as const)
    await db.deleteFrom(table).where('person_id', '=', id).execute()
  await db.deleteFrom('verifications').where('value', '=', id).execute()
  // What they signed up with counts for whoever does so next.
  const freed = db.updateTable('invitations').set({ person_id: null }).where('person_id', '=', id)
  await freed.where('accepted_at_ms', 'is', null).execute()
  await db.deleteFrom('people').where('id', '=', id).execute()
}

const removeUnproven = async (db: Kysely<Tables>, email: string): Promise<boolean> => {
  const found = db.selectFrom('people').select('id').where(sql`lower(email)`, '=', lowered(email))
  // Whoever has signed in once has an organisation of their own.
  const unused = found.where('email_verified', '=', 0n).where('own_user_id', 'is', null).where('disabled', '=', 0n)
  const person = await unused.executeTakeFirst()
  if (!person) return false
  const elsewhere = db.selectFrom('credentials').select('id').where('person_id', '=', person.id)
  if (await elsewhere.where('provider_id', '<>', 'credential').executeTakeFirst()) return false
  await removePerson(db, person.id)
  return true
}

const findSession = async (db: Kysely<Tables>, token: string, atMs: number): Promise<SessionRecord | undefined> => {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('people', 'people.id', 'sessions.person_id')
    .selectAll('people')
    .select(['sessions.id as session_id', 'sessions.expires_at_ms', 'sessions.updated_at_ms as session_updated_at_ms'])
    .where('sessions.token', '=', token)
    .where('sessions.expires_at_ms', '>', BigInt(atMs))
    .where('people.disabled', '=', 0n)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    id: row.session_id,
    person: readPerson(row),
    updatedAtMs: Number(row.session_updated_at_ms),
    expiresAtMs: Number(row.expires_at_ms),
  }
}

/** Rows in one go, so that nobody waits for long. */
const SWEPT_MAX = 1_000

const sweep = async (db: Kysely<Tables>, atMs: number): Promise<number> => {
  let swept = 0n
  for (const [table, key] of [
    ['verifications', 'id'],
    ['sessions', 'id'],
    ['operator_sessions', 'token_hash'],
  ] as const) {
    const { numAffectedRows } = await sql`DELETE FROM ${sql.table(table)} WHERE ${sql.ref(key)} IN
      (SELECT ${sql.ref(key)} FROM ${sql.table(table)} WHERE expires_at_ms < ${BigInt(atMs)} LIMIT ${SWEPT_MAX})`.execute(
      db,
    )
    swept += numAffectedRows ?? 0n
  }
  return Number(swept)
}

export const readPerson = (row: Selectable<Tables['people']>): PersonRecord => ({
  id: row.id,
  email: row.email,
  name: row.name,
  emailVerified: row.email_verified === 1n,
  twoFactor: row.two_factor_enabled === 1n,
  administrator: row.administrator === 1n,
  disabled: row.disabled === 1n,
  createdAtMs: Number(row.created_at_ms),
})

const readOperatorSession = (row: Selectable<Tables['operator_sessions']>): OperatorSession => ({
  kind: row.kind,
  actor: row.actor,
  userId: row.user_id,
  proof: row.proof,
  expiresAtMs: Number(row.expires_at_ms),
})
