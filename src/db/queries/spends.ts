import { type Kysely, sql } from 'kysely'
import { keySubject, windowStartMs } from '../../ledger/budgets.ts'
import { nanoUsd } from '../../units.ts'
import { exactSum, readExactSum } from '../exact-sum.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'

/** The spends of `Store`. */
export const spendQueries = (db: Kysely<Tables>): Store['spends'] => ({
  read: (budgets, atMs) =>
    Promise.all(
      budgets.map(async ({ subject, window }) => {
        const keyId = subject.startsWith(KEY) ? subject.slice(KEY.length) : undefined
        if (keyId !== undefined && window === 'total') return totalOf(db, keyId)
        const ofSubject = db.selectFrom('spends').select(['spent_nano', 'held_nano']).where('subject', '=', subject)
        const ofWindow = ofSubject
          .where('window', '=', window)
          .where('start_ms', '=', BigInt(windowStartMs(window, atMs)))
        const row = await ofWindow.executeTakeFirst()
        return row && { spent: nanoUsd(BigInt(row.spent_nano)), held: nanoUsd(BigInt(row.held_nano)) }
      }),
    ),
})

const KEY = keySubject('')

/** What a key has spent in all stands at the key. */
const totalOf = async (db: Kysely<Tables>, keyId: string) => {
  const key = await db.selectFrom('keys').select('spent_nano').where('id', '=', keyId).executeTakeFirst()
  const holds = sql<{
    held: string
  }>`SELECT ${sql.raw(exactSum('amount_nano'))} AS held FROM holds WHERE key_id = ${keyId}`
  const [held] = (await holds.execute(db)).rows
  return key && { spent: nanoUsd(BigInt(key.spent_nano)), held: nanoUsd(readExactSum(held?.held ?? '0')) }
}
