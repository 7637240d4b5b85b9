import { NO_USAGE } from '../canon/usage.ts'
import type { Receipt } from '../canon/receipt.ts'
import { type Database, DatabaseError, type Row } from '../db/database.ts'
import { readReceipt } from '../db/receipt-json.ts'
import { nanoUsd, ZERO_USD } from '../units.ts'
import type { AccountBook } from './accounts.ts'
import type { Holds } from './holds.ts'

const ROWS_AT_ONCE = 500

const SELECT_EXPIRED = `SELECT h.request_id, h.key_id, h.amount_nano, h.abandoned_receipt, a.user_id
  FROM holds h JOIN accounts a ON a.id = h.account_id
  WHERE h.state = 'open' AND h.expires_at_ms < ? AND h.request_id > ? ORDER BY h.request_id LIMIT ${ROWS_AT_ONCE}`

interface ExpiredHold {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  readonly amount: bigint
  readonly receipt: Receipt | undefined
}

/**
 * Gives back what dead processes left held. A hold that this process is still working on is passed over, however
 * old. Returns how many were released: at once in memory, on disk like every other ending. Throws `DatabaseError`
 * when the holds cannot be read.
 */
export const sweepHolds = async (
  database: Database,
  book: AccountBook,
  holds: Holds,
  nowMs: number,
): Promise<number> => {
  let released = 0
  let after = ''
  for (;;) {
    const answer = await database.run([{ sql: SELECT_EXPIRED, parameters: [nowMs, after] }])
    if (!answer.ok) throw new DatabaseError(answer.error)
    const rows = answer.value[0]?.rows ?? []
    const expired = rows.map(readExpired)
    for (const hold of expired) if (await releaseExpired(book, holds, hold)) released += 1
    const last = expired.at(-1)
    if (!last || expired.length < ROWS_AT_ONCE) return released
    after = last.requestId
  }
}

const releaseExpired = async (book: AccountBook, holds: Holds, expired: ExpiredHold): Promise<boolean> => {
  const { requestId, userId, keyId, amount, receipt } = expired
  const loaded = await Promise.all([book.loadAccount(userId), book.loadKey(keyId)])
  const account = book.account(userId)
  const key = book.key(keyId)
  if (loaded.some((answer) => !answer.ok) || !account || !key) return false
  if (!holds.adopt(requestId, userId, nanoUsd(amount), account, key)) return false
  holds.release(requestId, receipt)
  return true
}

const readExpired = (row: Row): ExpiredHold => ({
  requestId: String(row['request_id']),
  userId: String(row['user_id']),
  keyId: String(row['key_id']),
  amount: BigInt(String(row['amount_nano'])),
  receipt: row['abandoned_receipt'] === null ? undefined : abandoned(String(row['abandoned_receipt'])),
})

/** What was written when the hold was made, with what is certain now whatever it says. */
const abandoned = (text: string): Receipt => ({
  ...readReceipt(text),
  ended: 'abandoned',
  usage: NO_USAGE,
  cost: ZERO_USD,
  uncollected: ZERO_USD,
})
