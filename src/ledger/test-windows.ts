/// What tests of windows share; nothing outside tests imports it.
import type { Database, Row } from '../db/database.ts'
import { type BudgetWindow, windowStartMs } from './budgets.ts'

/** The rows of windows that do not say what receipts and holds add up to, worked out from these alone. */
export const wrongWindows = async (database: Database): Promise<readonly string[]> => {
  const tables = ['spends', 'receipts', 'holds', 'keys']
  const answer = await database.run(tables.map((table) => ({ sql: `SELECT * FROM ${table}`, parameters: [] })))
  if (!answer.ok) throw new Error(answer.error.message)
  const [spends = [], receipts = [], holds = [], keys = []] = answer.value.map(({ rows }) => rows)
  const projects = new Map(keys.map((row) => [row['id'], row['project_id']]))
  return spends.flatMap((spend) => {
    const { subject, window, start_ms: start } = spend
    const isIts = (row: Row): boolean =>
      (subject === `key:${row['key_id']}` || subject === `project:${projects.get(row['key_id'] ?? null)}`) &&
      windowStartMs(window as BudgetWindow, Number(row['at_ms'])) === Number(start)
    const sum = (rows: readonly Row[], column: string): bigint =>
      rows.filter(isIts).reduce((total, row) => total + BigInt(String(row[column])), 0n)
    const found = `${spend['spent_nano']} spent, ${spend['held_nano']} held`
    const expected = `${sum(receipts, 'cost_nano')} spent, ${sum(holds, 'amount_nano')} held`
    return found === expected ? [] : [`${subject} ${window} ${start}: ${found}; ${expected}`]
  })
}
