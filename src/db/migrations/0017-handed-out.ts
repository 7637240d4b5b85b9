import { sql } from 'kysely'
import type { Migration } from './index.ts'

export const handedOut: Migration = {
  number: 17,
  name: 'handed-out',
  why: 'what somebody handed out, invitations and links to a new password, ends with the right to hand it out',
  up: async (db, { text }) => {
    // `null`: the operator.
    await db.schema.alterTable('invitations').addColumn('inviter_id', text).execute()
    await sql`UPDATE invitations SET inviter_id =
      (SELECT people.id FROM people WHERE lower(people.email) = lower(invitations.invited_by))`.execute(db)
    await sql`CREATE INDEX invitations_inviter ON invitations (inviter_id, created_at_ms)`.execute(db)
    // `null`: nobody but the person it is for asked for it.
    await db.schema.alterTable('verifications').addColumn('made_by', text).execute()
  },
}
