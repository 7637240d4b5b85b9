import { type Kysely, sql } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const makers: Migration = {
  number: 18,
  name: 'makers',
  why: 'keys know whether an operator made them or a member, and codes are redeemed once by each person',
  up: async (db, words) => {
    await noteMakers(db, words)
    await notePeople(db, words)
  },
}

/** Of a key that was made before nobody knows: what an operator may have set, members do not lift. */
const noteMakers = async (db: Kysely<unknown>, { text }: ColumnWords): Promise<void> => {
  await db.schema
    .alterTable('keys')
    .addColumn('made_by', text, (column) => column.notNull().defaultTo('operator'))
    .execute()
}

/** Who it was, beside for which organisation: one can have several. */
const notePeople = async (db: Kysely<unknown>, { text }: ColumnWords): Promise<void> => {
  await db.schema.alterTable('redemptions').addColumn('person_id', text).execute()
  await sql`CREATE UNIQUE INDEX redemptions_person ON redemptions (code_id, person_id) WHERE person_id IS NOT NULL`.execute(
    db,
  )
}
