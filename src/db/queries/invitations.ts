import { type Kysely, type Selectable, sql } from 'kysely'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import type { InvitationCounts, InvitationRecord, NewInvitation, Role } from '../people-types.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'

/** The invitations of `Store`. */
export const invitationQueries = (db: Kysely<Tables>, nowMs: () => number): Store['invitations'] => ({
  create: (tokenHash, invitation, sinceMs, admits) =>
    db.transaction().execute(async (transaction) => {
      await lockInviting(transaction, invitation)
      const counts = await countInvitations(transaction, invitation, sinceMs, nowMs())
      if (!admits(counts)) return { made: undefined, counts }
      return { made: await insertInvitation(transaction, tokenHash, invitation, nowMs()), counts }
    }),
  find: async (tokenHash) => {
    const all = db.selectFrom('invitations').selectAll()
    const row = await all.where('token_hash', '=', tokenHash).executeTakeFirst()
    return row && readInvitation(row)
  },
  list: async (userId, page) => {
    const open = openAt(db, nowMs())
    const those = userId === null ? open.where('user_id', 'is', null) : open.where('user_id', '=', userId)
    const listing = await fetchPage(those, page, { atMs: 'created_at_ms', id: 'id' }, (row) => ({
      atMs: Number(row.created_at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readInvitation), nextCursor: listing.nextCursor }
  },
  openFor: async (email) => {
    const open = openAt(db, nowMs()).where('email', '=', email).where('person_id', 'is', null)
    const row = await open.orderBy('created_at_ms', 'desc').executeTakeFirst()
    return row && readInvitation(row)
  },
  claim: async (id, personId) => {
    const claimed = db.updateTable('invitations').set({ person_id: personId }).where('id', '=', id)
    const { numUpdatedRows } = await claimed.where('person_id', 'is', null).executeTakeFirst()
    return numUpdatedRows === 1n
  },
  accept: async (id, personId) => {
    const accepted = db.updateTable('invitations').set({ person_id: personId, accepted_at_ms: nowMs() })
    const { numUpdatedRows } = await accepted
      .where('id', '=', id)
      .where('accepted_at_ms', 'is', null)
      .where(sql<boolean>`(person_id IS NULL OR person_id = ${personId})`)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  },
  remove: async (userId, id) => {
    // It has run out rather than never been: who takes invitations back has sent them all the same.
    const atMs = nowMs()
    const ended = db.updateTable('invitations').set({ expires_at_ms: atMs }).where('id', '=', id)
    const open = ended.where('accepted_at_ms', 'is', null).where('expires_at_ms', '>', BigInt(atMs))
    const those = userId === null ? open.where('user_id', 'is', null) : open.where('user_id', '=', userId)
    return (await those.executeTakeFirst()).numUpdatedRows === 1n
  },
})

/** The organisation and the person: of many invitations at once each is counted. */
const lockInviting = async (db: Kysely<Tables>, { userId, inviterId }: NewInvitation): Promise<void> => {
  const organisation = db.updateTable('users').set((row) => ({ name: row.ref('name') }))
  if (userId !== null) await organisation.where('id', '=', userId).execute()
  const person = db.updateTable('people').set((row) => ({ own_user_id: row.ref('own_user_id') }))
  if (inviterId !== null) await person.where('id', '=', inviterId).execute()
}

const insertInvitation = async (
  db: Kysely<Tables>,
  tokenHash: string,
  invitation: NewInvitation,
  createdAtMs: number,
): Promise<InvitationRecord> => {
  const id = newId('invitation_', createdAtMs)
  const { userId, email, role, invitedBy, inviterId, expiresAtMs } = invitation
  const about = {
    id,
    token_hash: tokenHash,
    user_id: userId,
    email,
    role,
    invited_by: invitedBy,
    inviter_id: inviterId,
  }
  const times = { created_at_ms: createdAtMs, expires_at_ms: expiresAtMs, person_id: null, accepted_at_ms: null }
  await db
    .insertInto('invitations')
    .values({ ...about, ...times })
    .execute()
  return { ...invitation, id, createdAtMs, personId: null, acceptedAtMs: null }
}

const countInvitations = async (
  db: Kysely<Tables>,
  { userId, inviterId, email }: NewInvitation,
  sinceMs: number,
  atMs: number,
): Promise<InvitationCounts> => {
  const lately = async (column: 'user_id' | 'inviter_id' | 'email', value: string | null): Promise<number> => {
    if (value === null) return 0
    const counted = db.selectFrom('invitations').select((one) => one.fn.countAll().as('count'))
    const row = await counted.where(column, '=', value).where('created_at_ms', '>', BigInt(sinceMs)).executeTakeFirst()
    return Number(row?.count ?? 0)
  }
  const openOnes =
    userId === null
      ? undefined
      : await openAt(db, atMs)
          .clearSelect()
          .select((one) => one.fn.countAll().as('count'))
          .where('user_id', '=', userId)
          .executeTakeFirst()
  return {
    open: Number(openOnes?.count ?? 0),
    byOrganisation: await lately('user_id', userId),
    byInviter: await lately('inviter_id', inviterId),
    toAddress: await lately('email', email),
  }
}

/**
 * Ends the open invitations of somebody that they could not make any more, as a member; `userId`: those to one organisation.
 * `isAll`: whatever they may.
 */
export const endInvitationsOf = async (
  db: Kysely<Tables>,
  inviterId: string,
  { userId, isAll = false }: { readonly userId?: string; readonly isAll?: boolean } = {},
): Promise<void> => {
  const gone = db.deleteFrom('invitations').where('inviter_id', '=', inviterId).where('accepted_at_ms', 'is', null)
  const those = userId === undefined ? gone : gone.where('user_id', '=', userId)
  // As `mayStillInvite` of the accounts says it when one is accepted.
  const isUnfounded = sql<boolean>`NOT EXISTS (SELECT 1 FROM memberships
    WHERE memberships.user_id = invitations.user_id AND memberships.person_id = ${inviterId}
    AND (memberships.role = 'owner' OR (memberships.role = 'admin' AND invitations.role <> 'owner')))`
  await (isAll ? those : those.where(isUnfounded)).execute()
}

const openAt = (db: Kysely<Tables>, atMs: number) =>
  db.selectFrom('invitations').selectAll().where('accepted_at_ms', 'is', null).where('expires_at_ms', '>', BigInt(atMs))

const readInvitation = (row: Selectable<Tables['invitations']>): InvitationRecord => ({
  id: row.id,
  userId: row.user_id,
  email: row.email,
  role: row.role as Role | null,
  invitedBy: row.invited_by,
  inviterId: row.inviter_id,
  createdAtMs: Number(row.created_at_ms),
  expiresAtMs: Number(row.expires_at_ms),
  personId: row.person_id,
  acceptedAtMs: row.accepted_at_ms === null ? null : Number(row.accepted_at_ms),
})
