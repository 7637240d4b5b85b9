import { type Kysely, sql } from 'kysely'
import { readBudgets, writeBudgets } from '../budget-json.ts'
import type { Tables } from '../tables.ts'
import type { BudgetsChange } from '../types.ts'

/**
 * Changes the budgets of a key or project from what they are in this transaction. The row is written before it is read:
 * so it is locked, and of two changes at once the second begins with what the first has made.
 */
export const changeBudgets = async (
  transaction: Kysely<Tables>,
  table: 'keys' | 'projects',
  id: string,
  change: BudgetsChange,
): Promise<void> => {
  const named = sql.table(table)
  const locked = await sql<{ readonly budgets: string | null }>`
    UPDATE ${named} SET budgets = budgets WHERE id = ${id} RETURNING budgets`.execute(transaction)
  const [row] = locked.rows
  if (!row) return
  const budgets = writeBudgets(change(readBudgets(row.budgets)))
  await sql`UPDATE ${named} SET budgets = ${budgets} WHERE id = ${id}`.execute(transaction)
}
