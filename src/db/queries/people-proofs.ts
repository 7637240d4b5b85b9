import { type Kysely, sql } from 'kysely'
import { DatabaseError } from '../database.ts'
import type { AddressChange, PeopleStore } from '../people-types.ts'
import { newId } from '../ids.ts'
import type { Tables } from '../tables.ts'
import { lowered } from '../words.ts'

/// By what people prove who they are, and what is done to that: addresses, passwords, other places, second factors, sessions.

/** What the identifiers of links to a new password begin with. */
export const RESET_PREFIX = 'reset/'
/** What the identifiers of links that confirm a new address begin with. */
export const ADDRESS_PREFIX = 'address/'

type Proofs = Pick<
  PeopleStore,
  | 'keepReset'
  | 'endResets'
  | 'endProofs'
  | 'keepAddress'
  | 'takeAddress'
  | 'changeAddress'
  | 'passwordOf'
  | 'unlink'
  | 'resetSecondFactor'
  | 'sessionsOf'
  | 'endSessions'
>

/** That part of `Store.people`. */
export const proofQueries = (db: Kysely<Tables>, nowMs: () => number): Proofs => ({
  keepReset: async (identifier, personId, expiresAtMs, madeBy) => {
    await keepLink(db, { identifier, personId, expiresAtMs, madeBy }, nowMs())
    await endLinks(db, RESET_PREFIX, personId, identifier)
  },
  endResets: (personId, except) => endLinks(db, RESET_PREFIX, personId, except),
  endProofs: async (personId) => {
    await db.deleteFrom('verifications').where('value', '=', personId).execute()
  },
  keepAddress: async (identifier, personId, expiresAtMs) => {
    await keepLink(db, { identifier, personId, expiresAtMs, madeBy: null }, nowMs())
    await endLinks(db, ADDRESS_PREFIX, personId, identifier)
  },
  takeAddress: (identifier, personId, email) =>
    takingAddress(db, async (transaction) => {
      const used = transaction.deleteFrom('verifications').where('identifier', '=', identifier)
      const mine = used.where('value', '=', personId).where('expires_at_ms', '>', BigInt(nowMs()))
      const { numDeletedRows } = await mine.executeTakeFirst()
      return numDeletedRows === 0n ? 'none' : changeAddress(transaction, personId, email, true, nowMs())
    }),
  changeAddress: (personId, email, isProven) =>
    takingAddress(db, (transaction) => changeAddress(transaction, personId, email, isProven, nowMs())),
  passwordOf: async (personId) => {
    const own = db.selectFrom('credentials').select('password').where('person_id', '=', personId)
    return (await own.where('provider_id', '=', 'credential').executeTakeFirst())?.password ?? undefined
  },
  unlink: (personId, placeId, usable) =>
    db.transaction().execute((transaction) => unlink(transaction, personId, placeId, usable)),
  resetSecondFactor: (personId) =>
    db.transaction().execute(async (transaction) => {
      const off = transaction.updateTable('people').set({ two_factor_enabled: 0, updated_at_ms: nowMs() })
      await off.where('id', '=', personId).execute()
      await transaction.deleteFrom('two_factors').where('person_id', '=', personId).execute()
      // Half a sign-in waits for a code of the app that counts no more.
      await transaction.deleteFrom('verifications').where('value', '=', personId).execute()
    }),
  sessionsOf: async (personId) => {
    const all = db.selectFrom('sessions').selectAll().where('person_id', '=', personId)
    const open = all.where('expires_at_ms', '>', BigInt(nowMs())).orderBy('updated_at_ms', 'desc').limit(SHOWN_MAX)
    return (await open.execute()).map((row) => ({
      id: row.id,
      address: row.ip_address,
      userAgent: row.user_agent,
      createdAtMs: Number(row.created_at_ms),
      updatedAtMs: Number(row.updated_at_ms),
      expiresAtMs: Number(row.expires_at_ms),
    }))
  },
  endSessions: async (personId, id) => {
    const all = db.deleteFrom('sessions').where('person_id', '=', personId)
    const { numDeletedRows } = await (id === undefined ? all : all.where('id', '=', id)).executeTakeFirst()
    return Number(numDeletedRows)
  },
})

type Open = Kysely<Tables>

/** More than anybody looks through. */
const SHOWN_MAX = 200

interface Link {
  readonly identifier: string
  readonly personId: string
  readonly expiresAtMs: number
  readonly madeBy: string | null
}

const keepLink = async (db: Open, { identifier, personId, expiresAtMs, madeBy }: Link, atMs: number): Promise<void> => {
  const row = { id: newId('verification_', atMs), identifier, value: personId, expires_at_ms: expiresAtMs }
  await db
    .insertInto('verifications')
    .values({ ...row, created_at_ms: atMs, updated_at_ms: atMs, made_by: madeBy })
    .execute()
}

const endLinks = async (db: Open, prefix: string, personId: string, except = ''): Promise<void> => {
  const gone = db.deleteFrom('verifications').where('value', '=', personId)
  await gone.where('identifier', 'like', `${prefix}%`).where('identifier', '<>', except).execute()
}

/** Of two who take one address in the same instant, the second meets the index alone. */
const takingAddress = async (db: Open, take: (transaction: Open) => Promise<AddressChange>): Promise<AddressChange> => {
  try {
    return await db.transaction().execute(take)
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.failure.kind !== 'unique') throw error
    return 'taken'
  }
}

/** Whoever reads the old address must not be able to come back by a link that was sent to it. */
const changeAddress = async (
  db: Open,
  personId: string,
  email: string,
  isProven: boolean,
  atMs: number,
): Promise<AddressChange> => {
  const before = await db.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirst()
  if (!before) return 'none'
  const holder = db.selectFrom('people').select('id').where(sql`lower(email)`, '=', lowered(email))
  const other = await holder.where('id', '<>', personId).executeTakeFirst()
  if (other) return 'taken'
  const row = { email, email_verified: Number(isProven), updated_at_ms: atMs }
  await db.updateTable('people').set(row).where('id', '=', personId).execute()
  for (const prefix of [RESET_PREFIX, ADDRESS_PREFIX]) await endLinks(db, prefix, personId)
  if (before.own_user_id !== null) await moveOrganisation(db, before.own_user_id, before.email, email)
  return 'done'
}

/** The organisation of one's own is written to where one is, unless it has an address of its own by now, or another has this. */
const moveOrganisation = async (db: Open, userId: string, from: string, to: string): Promise<void> => {
  const taken = db.selectFrom('users').select('id').where(sql`lower(email)`, '=', lowered(to))
  if (await taken.where('id', '<>', userId).executeTakeFirst()) return
  const moved = db.updateTable('users').set({ email: to }).where('id', '=', userId)
  await moved.where(sql`lower(email)`, '=', lowered(from)).execute()
}

const unlink = async (
  db: Open,
  personId: string,
  placeId: string,
  usable: readonly string[],
): Promise<'done' | 'last' | 'none'> => {
  // Locks the person: two places that are taken away at once would each find the other.
  const locked = db.updateTable('people').set((row) => ({ own_user_id: row.ref('own_user_id') }))
  await locked.where('id', '=', personId).execute()
  const ways = await db.selectFrom('credentials').select('provider_id').where('person_id', '=', personId).execute()
  if (!ways.some(({ provider_id: id }) => id === placeId)) return 'none'
  if (!ways.some(({ provider_id: id }) => id !== placeId && usable.includes(id))) return 'last'
  const gone = db.deleteFrom('credentials').where('person_id', '=', personId)
  await gone.where('provider_id', '=', placeId).execute()
  return 'done'
}
