import type { Migration } from './index.ts'

export const keyLabels: Migration = {
  number: 12,
  name: 'key-labels',
  why: 'keys have labels, which the rules of groups can look at',
  up: async (db, { text }) => {
    await db.schema
      .alterTable('keys')
      .addColumn('labels', text, (column) => column.notNull().defaultTo('[]'))
      .execute()
  },
}
