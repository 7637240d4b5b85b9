import { NO_USAGE } from '../canon/usage.ts'
import type { Receipt } from '../canon/receipt.ts'
import { type Database, DatabaseError, type Row } from '../db/database.ts'
import { readHeading } from '../db/receipt-json.ts'
import { nanoUsd, ZERO_USD } from '../units.ts'
import type { AccountBook } from './accounts.ts'
import type { Holds } from './holds.ts'

const ROWS_AT_ONCE = 500

const SELECT_EXPIRED = `SELECT h.request_id, h.key_id, h.amount_nano, h.at_ms, a.user_id, g.body AS heading
  FROM holds h JOIN accounts a ON a.id = h.account_id JOIN headings g ON g.id = h.heading_id
  WHERE h.expires_at_ms < ? AND (h.key_id, h.request_id) > (?, ?) ORDER BY h.key_id, h.request_id LIMIT ${ROWS_AT_ONCE}`

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
  let after = { keyId: '', requestId: '' }
  for (;;) {
    const answer = await database.run([{ sql: SELECT_EXPIRED, parameters: [nowMs, after.keyId, after.requestId] }])
    if (!answer.ok) throw new DatabaseError(answer.error)
    const rows = answer.value[0]?.rows ?? []
    const expired = rows.map(abandonedReceipt)
    for (const receipt of expired) if (await releaseExpired(book, holds, receipt)) released += 1
    const last = expired.at(-1)
    if (!last || expired.length < ROWS_AT_ONCE) return released
    after = last
  }
}

const releaseExpired = async (book: AccountBook, holds: Holds, receipt: Receipt): Promise<boolean> => {
  const { requestId, userId, keyId, quote } = receipt
  const loaded = await Promise.all([book.loadAccount(userId), book.loadKey(keyId)])
  const account = book.account(userId)
  const key = book.key(keyId)
  if (loaded.some((answer) => !answer.ok) || !account || !key) return false
  if (!holds.adopt(requestId, userId, quote, account, key)) return false
  holds.release(requestId, receipt)
  return true
}

/** What is certain of a request whose process died: what it held, and how it was to be served. */
const abandonedReceipt = (row: Row): Receipt => ({
  ...readHeading(String(row['heading'])),
  requestId: String(row['request_id']),
  atMs: Number(row['at_ms']),
  userId: String(row['user_id']),
  keyId: String(row['key_id']),
  quote: nanoUsd(BigInt(String(row['amount_nano']))),
  attempts: [],
  status: 0,
  ended: 'abandoned',
  usage: NO_USAGE,
  usageSource: 'estimated',
  rawUsage: null,
  cost: ZERO_USD,
  uncollected: ZERO_USD,
  latencyMs: 0,
  ttftMs: null,
  overheadMs: 0,
  warnings: [],
})
