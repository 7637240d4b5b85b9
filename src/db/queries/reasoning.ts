import { type Kysely, sql } from 'kysely'
import { err } from '../../result.ts'
import type { Database, ScriptId } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'
import { anyOf } from '../words.ts'

const SWEPT_AT_ONCE = 500

/** The same answer twice to the same conversation, as after a repeated request, has the state of the last one. */
const KEEP = {
  sql: `INSERT INTO reasoning_states (scope, call_id, expires_at_ms, state) VALUES (?, ?, ?, ?)
    ON CONFLICT (scope, call_id) DO UPDATE SET expires_at_ms = excluded.expires_at_ms, state = excluded.state`,
  use: [0, 1, 2, 3],
  guard: false,
}

/** The kept reasoning states of `Store`. */
export const reasoningQueries = (database: Database, db: Kysely<Tables>, nowMs: () => number): Store['reasoning'] => {
  let script: ScriptId | undefined
  return {
    keep: async (scope, { key, state, expiresAtMs }) => {
      if (database.saturated) return err('more is waiting than the queue takes')
      script ??= database.prepare([KEEP])
      // Nobody waits for it: it shares the disk sync of the settlement that follows.
      const kept = await database.call(script, [scope, key, expiresAtMs, state], 'lazily')
      return kept.ok ? kept : err(kept.error.message)
    },
    find: async (scope, keys) => {
      const rows = await db
        .selectFrom('reasoning_states')
        .select(['call_id', 'state'])
        .where('scope', '=', scope)
        .where('expires_at_ms', '>', BigInt(nowMs()))
        .where(sql<boolean>`call_id IN ${anyOf(database.dialect, keys)}`)
        .execute()
      return new Map(rows.map(({ call_id, state }) => [call_id, state]))
    },
    sweep: async () => {
      const expired = sql`SELECT scope, call_id FROM reasoning_states
        WHERE expires_at_ms <= ${nowMs()} LIMIT ${SWEPT_AT_ONCE}`
      const { numAffectedRows } =
        await sql`DELETE FROM reasoning_states WHERE (scope, call_id) IN (${expired})`.execute(db)
      return Number(numAffectedRows ?? 0n)
    },
  }
}
