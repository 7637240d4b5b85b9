import { type Kysely, type RawBuilder, sql } from 'kysely'
import { err, ok, type Result } from '../../result.ts'
import { type Database, DatabaseError, type Dialect, type ScriptId, type ScriptStep } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { ChainFault, ChainLimits, KeptResponse, KeptTurn, Store } from '../types.ts'
import { anyOf, listParameter, toList } from '../words.ts'

/** The kept responses of `Store`. An expired one is gone for whoever asks, and stays for later turns that lead to it. */
export const responseQueries = (database: Database, db: Kysely<Tables>, nowMs: () => number): Store['responses'] => {
  let script: ScriptId | undefined
  let waitingBytes = 0
  return {
    keep: async (response, itemIds) => {
      const bytes = Buffer.byteLength(response.input) + Buffer.byteLength(response.body)
      if (database.saturated || waitingBytes > WAITING_BYTES_MAX) return err('more is waiting than the queue takes')
      script ??= database.prepare(keepSteps(database.dialect))
      waitingBytes += bytes
      // Nobody waits for it: it shares the disk sync of the settlement that follows.
      const kept = await database.call(
        script,
        parametersOf(response, bytes, toList(database.dialect, itemIds)),
        'lazily',
      )
      waitingBytes -= bytes
      return kept.ok ? kept : err(kept.error.message)
    },
    find: async (scope, id) => {
      const row = await db
        .selectFrom('responses')
        .selectAll()
        .where('scope', '=', scope)
        .where('id', '=', id)
        .where('expires_at_ms', '>', BigInt(nowMs()))
        .executeTakeFirst()
      return row && readResponse(row)
    },
    chain: (scope, id, limits) => findChain(db, scope, id, limits, nowMs()),
    turns: async (scope, { ids, itemIds }) => {
      const { dialect } = database
      const { rows } = await sql<KeptTurn>`SELECT input, body FROM responses
        WHERE scope = ${scope} AND expires_at_ms > ${nowMs()} AND id IN
          (SELECT response_id FROM response_items WHERE scope = ${scope} AND id IN ${anyOf(dialect, itemIds)}
          UNION ALL SELECT id FROM responses WHERE scope = ${scope} AND id IN ${anyOf(dialect, ids)})`.execute(db)
      return rows
    },
    remove: async (scope, id) => {
      const named = sql`SELECT scope, id FROM responses
        WHERE scope = ${scope} AND id = ${id} AND expires_at_ms > ${nowMs()}`
      return (await removeThose(database, db, named)) > 0
    },
    sweep: async () => {
      const swept = sql`SELECT scope, id FROM responses AS kept WHERE expires_at_ms <= ${nowMs()} AND NOT EXISTS
        (SELECT 1 FROM responses WHERE scope = kept.scope AND previous_id = kept.id AND id <> kept.id)
        ORDER BY expires_at_ms LIMIT ${SWEPT_AT_ONCE}`
      for (let total = 0; ; ) {
        const removed = await removeThose(database, db, swept)
        total += removed
        // A conversation goes turn by turn, from its last.
        if (removed === 0) return total
      }
    },
  }
}

/** What may wait to be written while the disk is slow: these rows are large, where others are counted in hundreds of bytes. */
const WAITING_BYTES_MAX = 268_435_456
/** In one transaction: few enough that nobody waits long behind them. */
const SWEPT_AT_ONCE = 200

const PARAMETERS = 9
/** An id that came twice is that of the later response: vendors never give one twice. */
const keepSteps = (dialect: Dialect): readonly ScriptStep[] => [
  {
    sql: `INSERT INTO responses
      (scope, id, previous_id, model, bytes, created_at_ms, expires_at_ms, input, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (scope, id) DO UPDATE SET previous_id = excluded.previous_id, model = excluded.model,
        bytes = excluded.bytes, created_at_ms = excluded.created_at_ms, expires_at_ms = excluded.expires_at_ms,
        input = excluded.input, body = excluded.body`,
    use: Array.from({ length: PARAMETERS }, (_, index) => index),
    guard: false,
  },
  {
    sql: `INSERT INTO response_items (scope, id, response_id) SELECT DISTINCT ?, value, ?
      FROM ${listParameter(dialect)} WHERE true
      ON CONFLICT (scope, id) DO UPDATE SET response_id = excluded.response_id`,
    use: [0, 1, PARAMETERS],
    guard: false,
  },
]

const parametersOf = (kept: KeptResponse, bytes: number, itemIds: string) => [
  kept.scope,
  kept.id,
  kept.previousId,
  kept.model,
  bytes,
  kept.createdAtMs,
  kept.expiresAtMs,
  kept.input,
  kept.body,
  itemIds,
]

interface Row {
  readonly scope: string
  readonly id: string
  readonly previous_id: string | null
  readonly model: string
  readonly created_at_ms: bigint
  readonly expires_at_ms: bigint
  readonly input: string
  readonly body: string
}

const readResponse = (row: Row): KeptResponse => ({
  id: row.id,
  scope: row.scope,
  previousId: row.previous_id,
  model: row.model,
  createdAtMs: Number(row.created_at_ms),
  expiresAtMs: Number(row.expires_at_ms),
  input: row.input,
  body: row.body,
})

interface Link extends KeptTurn {
  readonly depth: bigint
  readonly total: bigint
  readonly previous_id: string | null
}

/** Follows a conversation back to its first turn. What is too long is noticed before it is read, but for its last turn. */
const findChain = async (
  db: Kysely<Tables>,
  scope: string,
  id: string,
  { turnsMax, bytesMax }: ChainLimits,
  nowMs: number,
): Promise<Result<readonly KeptTurn[], ChainFault>> => {
  const { rows } = await sql<Link>`
    WITH RECURSIVE chain (depth, id, previous_id, total) AS (
      SELECT 1, id, previous_id, bytes FROM responses
        WHERE scope = ${scope} AND id = ${id} AND expires_at_ms > ${nowMs}
      UNION ALL SELECT depth + 1, earlier.id, earlier.previous_id, total + earlier.bytes
        FROM chain JOIN responses AS earlier ON earlier.scope = ${scope} AND earlier.id = chain.previous_id
        WHERE depth < ${turnsMax} AND total <= ${bytesMax}
    )
    SELECT depth, total, chain.previous_id, input, body
      FROM chain JOIN responses AS turn ON turn.scope = ${scope} AND turn.id = chain.id
      ORDER BY depth DESC`.execute(db)
  const [first] = rows
  if (!first) return err('not-found')
  if (first.total > BigInt(bytesMax)) return err('too-long')
  if (first.previous_id === null) return ok(rows)
  return err(first.depth >= BigInt(turnsMax) ? 'too-long' : { missing: first.previous_id })
}

/** Deletes the responses that a query names, with their items, all or nothing; says how many. */
const removeThose = async (database: Database, db: Kysely<Tables>, named: RawBuilder<unknown>): Promise<number> => {
  const answer = await database.run(REMOVE[database.dialect](named).map((statement) => statement.compile(db)))
  if (!answer.ok) throw new DatabaseError(answer.error)
  return answer.value.at(-1)?.changes ?? 0
}

type Removal = (named: RawBuilder<unknown>) => readonly RawBuilder<unknown>[]

/** On PostgreSQL the query is asked once: a second time it could name others, after what another replica did meanwhile. */
const REMOVE: Readonly<Record<Dialect, Removal>> = {
  sqlite: (named) => [
    sql`DELETE FROM response_items WHERE (scope, response_id) IN (${named})`,
    sql`DELETE FROM responses WHERE (scope, id) IN (${named})`,
  ],
  postgres: (named) => [
    sql`WITH named AS MATERIALIZED (${named}),
      items AS (DELETE FROM response_items WHERE (scope, response_id) IN (SELECT scope, id FROM named))
      DELETE FROM responses WHERE (scope, id) IN (SELECT scope, id FROM named)`,
  ],
}
