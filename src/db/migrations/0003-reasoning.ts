import type { Migration } from './index.ts'

export const reasoning: Migration = {
  number: 3,
  name: 'reasoning',
  why: 'reasoning state survives clients that lose it',
  up: async (db, { whole, text, keyedTableEnd }) => {
    await db.schema
      .createTable('reasoning_states')
      .addColumn('scope', text, (column) => column.notNull())
      .addColumn('call_id', text, (column) => column.notNull())
      .addColumn('expires_at_ms', whole, (column) => column.notNull())
      .addColumn('state', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('reasoning_states_key', ['scope', 'call_id'])
      .modifyEnd(keyedTableEnd)
      .execute()
    await db.schema.createIndex('reasoning_states_expiry').on('reasoning_states').column('expires_at_ms').execute()
  },
}
