import type { Kysely } from 'kysely'
import { countWholeWindows } from './0008-shared-budgets.ts'
import type { ColumnWords, Migration } from './index.ts'

export const keysAndBudgets: Migration = {
  number: 8,
  name: 'keys-and-budgets',
  why: 'a key has all the limits that a plan has, and a budget counts all of its window whenever it was given',
  up: async (db, words) => {
    await widenKeys(db, words)
    await countWholeWindows(db, words)
  },
}

const widenKeys = async (db: Kysely<unknown>, { whole }: ColumnWords): Promise<void> => {
  for (const limit of ['itpm', 'otpm', 'concurrency'])
    await db.schema.alterTable('keys').addColumn(limit, whole).execute()
}
