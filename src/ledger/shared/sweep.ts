import { DatabaseError, type PostgresDatabase } from '../../db/database.ts'
import { writeHeading } from '../../db/receipt-json.ts'
import type { Receipt } from '../../canon/receipt.ts'
import { ZERO_USD } from '../../units.ts'
import { abandonedReceipt } from '../sweep.ts'
import { applyOperations, type Written } from './apply.ts'
import { writeEnd } from './operations.ts'

const ROWS_AT_ONCE = 200

const SELECT_EXPIRED = `SELECT h.request_id, h.key_id, h.heading_id, h.amount_nano, h.at_ms, a.user_id, g.body AS heading
  FROM holds h JOIN accounts a ON a.id = h.account_id JOIN headings g ON g.id = h.heading_id
  WHERE h.expires_at_ms < tollgate_now_ms() + ? AND (h.key_id, h.request_id) > (?, ?)
  ORDER BY h.key_id, h.request_id LIMIT ${ROWS_AT_ONCE}`

/** One expired hold, and how it is given back. */
interface Expired extends Written {
  readonly receipt: Receipt
}

export interface SweepOptions {
  /** Only holds that will have expired so long after now, by the database's clock; 0 but in tests. */
  readonly withinMs: number
  /** Whether this process still works on a request: it will renew the hold, or end it. */
  readonly isOwn: (requestId: string) => boolean
  readonly onSettled: (receipt: Receipt) => void
}

/**
 * Gives back holds that nobody renews any more: those of processes that died. Any replica may, also several at once;
 * each hold is given back by one of them, unless it was renewed or ended meanwhile. Returns how many this one gave back.
 * Throws `DatabaseError` when the database fails; the next sweep goes on.
 */
export const sweepShared = async (database: PostgresDatabase, options: SweepOptions): Promise<number> => {
  let released = 0
  let after = { keyId: '', requestId: '' }
  for (;;) {
    const parameters = [Math.round(options.withinMs), after.keyId, after.requestId]
    const answer = await database.ask({ sql: SELECT_EXPIRED, parameters })
    if (!answer.ok) throw new DatabaseError(answer.error)
    const expired = answer.value.rows.map((row) => toExpired(abandonedReceipt(row), String(row['heading_id']), options))
    released += await release(database, expired, options)
    const last = expired.at(-1)?.receipt
    if (!last || expired.length < ROWS_AT_ONCE) return released
    after = last
  }
}

const toExpired = (receipt: Receipt, id: string, { withinMs }: SweepOptions): Expired => {
  const { modelRequested, modelServed } = receipt
  const heading = { heading: receipt, id, body: writeHeading(receipt), modelRequested, modelServed, isStored: true }
  return { receipt, heading, operation: writeEnd(receipt, ZERO_USD, heading, { withinMs }) }
}

const release = async (
  database: PostgresDatabase,
  expired: readonly Expired[],
  { isOwn, onSettled }: SweepOptions,
): Promise<number> => {
  const foreign = expired.filter(({ receipt }) => !isOwn(receipt.requestId))
  if (foreign.length === 0) return 0
  const applied = await applyOperations(database, foreign)
  if (!applied.ok) throw new DatabaseError(applied.error)
  const released = foreign.filter((_, index) => applied.value[index]?.is === 'ended')
  for (const { receipt } of released) onSettled(receipt)
  return released.length
}
