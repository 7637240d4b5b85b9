import type { Receipt } from '../canon/receipt.ts'
import { type Database, DatabaseError, type Row } from '../db/database.ts'
import { readHeading } from '../db/receipt-json.ts'
import { nanoUsd } from '../units.ts'
import type { AccountBook } from './accounts.ts'
import { LONGEST_WINDOW_MS, type SpendId } from './budgets.ts'
import { readCounted } from './ceilings.ts'
import type { Holds } from './holds.ts'
import type { Spend } from './spends.ts'
import { unspentReceipt } from './unspent.ts'

const ROWS_AT_ONCE = 500

/** Holds, as `readHold` reads their rows. */
export const SELECT_HOLDS = `SELECT h.request_id, h.key_id, h.amount_nano, h.at_ms, h.budgets, a.user_id,
  g.body AS heading FROM holds h JOIN accounts a ON a.id = h.account_id JOIN headings g ON g.id = h.heading_id`

const SELECT_EXPIRED = `${SELECT_HOLDS}
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
    const { begins } = book.spends
    const answer = await database.run([{ sql: SELECT_EXPIRED, parameters: [nowMs, after.keyId, after.requestId] }])
    if (!answer.ok) throw new DatabaseError(answer.error)
    const rows = answer.value[0]?.rows ?? []
    const expired = rows.map(readHold)
    for (const hold of expired) if (await releaseExpired(book, holds, hold, begins)) released += 1
    const last = expired.at(-1)?.receipt
    if (!last || expired.length < ROWS_AT_ONCE) return released
    after = last
  }
}

/** A hold as its row tells it. */
export interface RowHold {
  /** The one that is written when it is given back. */
  readonly receipt: Receipt
  readonly countedIn: readonly SpendId[]
}

export const readHold = (row: Row): RowHold => {
  const budgets = row['budgets']
  return { receipt: abandonedReceipt(row), countedIn: readCounted(typeof budgets === 'string' ? budgets : null) }
}

const releaseExpired = async (book: AccountBook, holds: Holds, hold: RowHold, begins: number): Promise<boolean> => {
  if (!(await adoptRow(book, holds, hold, begins))) return false
  holds.release(hold.receipt.requestId, hold.receipt)
  return true
}

/**
 * Takes over the hold of a row that was read when `begins` windows had begun. `false` when it is this process' own, or
 * what it is counted in cannot be told for certain now.
 */
export const adoptRow = async (
  book: AccountBook,
  holds: Holds,
  { receipt, countedIn }: RowHold,
  begins: number,
): Promise<boolean> => {
  const { requestId, userId, keyId, projectId, atMs, quote: amount } = receipt
  const loads = [book.loadAccount(userId), book.loadKey(keyId), ...countedIn.map((id) => book.spends.load(id))]
  const loaded = await Promise.all(loads)
  const account = book.account(userId)
  const key = book.key(keyId)
  const counted = countedIn.map((id) => book.spends.find(id)).filter((spend): spend is Spend => spend !== undefined)
  if (loaded.some((answer) => !answer.ok) || !account || !key || counted.length < countedIn.length) return false
  // A window that began since its row was read may count it too: the next sweep knows.
  if (book.spends.begins !== begins) return false
  return holds.adopt({ requestId, userId, projectId, atMs, amount, account, key, counted })
}

const DELETE_PAST = 'DELETE FROM spends WHERE start_ms > 0 AND start_ms < ? AND held_nano = 0'
/** How long a window is kept after the longest has ended: a request may be of the day before yesterday. */
const PAST_KEPT_MS = 2 * 86_400_000

/** Deletes what was spent in windows long past; receipts tell it too. Throws `DatabaseError` when it cannot. */
export const forgetPastSpends = async (database: Database, nowMs: number): Promise<void> => {
  const parameters = [nowMs - LONGEST_WINDOW_MS - PAST_KEPT_MS]
  const answer = await database.run([{ sql: DELETE_PAST, parameters }])
  if (!answer.ok) throw new DatabaseError(answer.error)
}

/** What is certain of a request whose process died: what it held, and how it was to be served. */
export const abandonedReceipt = (row: Row): Receipt =>
  unspentReceipt(
    readHeading(String(row['heading'])),
    {
      requestId: String(row['request_id']),
      atMs: Number(row['at_ms']),
      userId: String(row['user_id']),
      keyId: String(row['key_id']),
      quote: nanoUsd(BigInt(String(row['amount_nano']))),
    },
    { ended: 'abandoned', status: 0 },
  )
