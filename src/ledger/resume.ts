import { type Database, DatabaseError, type Row, type Statement } from '../db/database.ts'
import type { AccountBook } from './accounts.ts'
import type { Holds } from './holds.ts'
import { adoptRow, readHold, SELECT_HOLDS } from './sweep.ts'

/** Which hold, and until when it is to last. */
export interface Resumed {
  readonly requestId: string
  readonly keyId: string
  readonly expiresAtMs: number
}

/** Windows that begin in between are rare; each makes one more try. */
const TRIES = 20

/**
 * Takes over an open hold, whoever made it: afterwards it is this process' own, to be settled or released here. `false`
 * when nothing is held under the id. Throws `DatabaseError` when it cannot be read.
 */
export const resumeHold = async (
  database: Database,
  book: AccountBook,
  holds: Holds,
  { requestId, keyId, expiresAtMs }: Resumed,
): Promise<boolean> => {
  const update = 'UPDATE holds SET expires_at_ms = ? WHERE key_id = ? AND request_id = ? RETURNING request_id'
  const extended = await rowsOf(database, { sql: update, parameters: [expiresAtMs, keyId, requestId] })
  if (extended.length === 0) return false
  for (let tries = 0; tries < TRIES; tries++) {
    if (holds.isLive(requestId)) return true
    const { begins } = book.spends
    const select = `${SELECT_HOLDS} WHERE h.key_id = ? AND h.request_id = ?`
    const [row] = await rowsOf(database, { sql: select, parameters: [keyId, requestId] })
    if (!row) return false
    if (await adoptRow(book, holds, readHold(row), begins)) return true
  }
  return holds.isLive(requestId)
}

const rowsOf = async (database: Database, statement: Statement): Promise<readonly Row[]> => {
  const answer = await database.run([statement])
  if (!answer.ok) throw new DatabaseError(answer.error)
  return answer.value[0]?.rows ?? []
}
