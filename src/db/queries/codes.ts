import { type Kysely, type Selectable, sql } from 'kysely'
import { fault } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { nanoUsd } from '../../units.ts'
import type { CodeFault, CodeRecord, CodeStore, NewCode, RedemptionRecord } from '../control-types.ts'
import { DatabaseError, type Dialect } from '../database.ts'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import type { Tables } from '../tables.ts'
import { containing } from './overview-search.ts'

/** The codes of `Store`. */
export const codeQueries = (db: Kysely<Tables>, dialect: Dialect, nowMs: () => number): CodeStore => ({
  create: async (codes, by) => {
    const rows = codes.map((code) => rowOf(code, by, nowMs()))
    try {
      // In one statement: all or none.
      await db.insertInto('redemption_codes').values(rows).execute()
      return ok(rows.map(readCode))
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.failure.kind !== 'unique') throw error
      return err(fault('conflict', 'Such a code exists already. Try again.'))
    }
  },
  find: async (id) => readIfThere(await select(db).where('id', '=', id).executeTakeFirst()),
  list: async ({ q }, page) => {
    const all = select(db)
    const some =
      q === undefined ? all : all.where((or) => or.or(['note', 'hint', 'id'].map((column) => containing(column, q))))
    const listing = await fetchPage(some, page, { atMs: 'created_at_ms', id: 'id' }, (row) => ({
      atMs: Number(row.created_at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readCode), nextCursor: listing.nextCursor }
  },
  revoke: async (id, by) => {
    const standing = db.updateTable('redemption_codes').set({ revoked_at_ms: nowMs(), revoked_by: by })
    await standing.where('id', '=', id).where('revoked_at_ms', 'is', null).execute()
    return readIfThere(await select(db).where('id', '=', id).executeTakeFirst())
  },
  redemptions: async (id, page) => {
    const query = db.selectFrom('redemptions').selectAll().where('code_id', '=', id)
    const listing = await fetchPage(query, page, { atMs: 'at_ms', id: 'user_id' }, (row) => ({
      atMs: Number(row.at_ms),
      id: row.user_id,
    }))
    return { rows: listing.rows.map(readRedemption), nextCursor: listing.nextCursor }
  },
  claim: (hash, userId, people = []) =>
    db.transaction().execute((transaction) => claim(transaction, dialect, { hash, userId, people }, nowMs())),
  credited: async (codeId, userId) => {
    const row = db.updateTable('redemptions').set({ credited_at_ms: nowMs() }).where('code_id', '=', codeId)
    const noted = await row.where('user_id', '=', userId).where('credited_at_ms', 'is', null).executeTakeFirst()
    return noted.numUpdatedRows > 0n
  },
  release: (codeId, userId) =>
    db.transaction().execute(async (transaction) => {
      const row = transaction.deleteFrom('redemptions').where('code_id', '=', codeId).where('user_id', '=', userId)
      const { numDeletedRows } = await row.where('credited_at_ms', 'is', null).executeTakeFirst()
      if (numDeletedRows === 0n) return
      const uses = sql<bigint>`uses - 1`
      await transaction.updateTable('redemption_codes').set({ uses }).where('id', '=', codeId).execute()
    }),
})

interface Claim {
  readonly hash: string
  readonly userId: string
  readonly people: readonly string[]
}

/** Those who come at once wait for each other: on SQLite for the transaction, on PostgreSQL for the row of the code. */
const claim = async (
  transaction: Kysely<Tables>,
  dialect: Dialect,
  { hash, userId, people }: Claim,
  atMs: number,
): Promise<Result<CodeRecord, CodeFault>> => {
  const byHash = select(transaction).where('hash', '=', hash)
  const row = await (dialect === 'postgres' ? byHash.forUpdate() : byHash).executeTakeFirst()
  if (!row) return err('unknown')
  const code = readCode(row)
  const mine = transaction.selectFrom('redemptions').selectAll().where('code_id', '=', code.id)
  const before = await mine.where('user_id', '=', userId).executeTakeFirst()
  // Taken before the process died that took it: it is credited now, whatever has become of the code.
  if (before) return before.credited_at_ms === null ? ok(code) : err('redeemed')
  if (people.length > 0) {
    const theirs = await mine.where('person_id', 'in', people).limit(1).executeTakeFirst()
    if (theirs) return err('redeemed')
  }
  const fault = faultOf(code, atMs)
  if (fault) return err(fault)
  await transaction
    .insertInto('redemptions')
    .values({ code_id: code.id, user_id: userId, at_ms: atMs, credited_at_ms: null, person_id: people[0] ?? null })
    .execute()
  const uses = code.uses + 1
  await transaction.updateTable('redemption_codes').set({ uses }).where('id', '=', code.id).execute()
  return ok({ ...code, uses })
}

const faultOf = ({ revokedAtMs, expiresAtMs, uses, usesMax }: CodeRecord, atMs: number): CodeFault | undefined => {
  if (revokedAtMs !== null) return 'revoked'
  if (expiresAtMs !== null && expiresAtMs <= atMs) return 'expired'
  return uses >= usesMax ? 'used-up' : undefined
}

const select = (db: Kysely<Tables>) => db.selectFrom('redemption_codes').selectAll()

const rowOf = (code: NewCode, by: string, atMs: number): Row => ({
  id: newId('code_', atMs),
  hash: code.hash,
  hint: code.hint,
  amount_nano: code.amount,
  uses: 0n,
  uses_max: BigInt(code.usesMax),
  note: code.note,
  created_at_ms: BigInt(atMs),
  created_by: by,
  expires_at_ms: code.expiresAtMs === null ? null : BigInt(code.expiresAtMs),
  revoked_at_ms: null,
  revoked_by: null,
})

type Row = Selectable<Tables['redemption_codes']>

const readIfThere = (row: Row | undefined): CodeRecord | undefined => row && readCode(row)

const readCode = (row: Row): CodeRecord => ({
  id: row.id,
  hint: row.hint,
  amount: nanoUsd(row.amount_nano),
  uses: Number(row.uses),
  usesMax: Number(row.uses_max),
  note: row.note,
  createdAtMs: Number(row.created_at_ms),
  createdBy: row.created_by,
  expiresAtMs: row.expires_at_ms === null ? null : Number(row.expires_at_ms),
  revokedAtMs: row.revoked_at_ms === null ? null : Number(row.revoked_at_ms),
  revokedBy: row.revoked_by,
})

const readRedemption = (row: Selectable<Tables['redemptions']>): RedemptionRecord => ({
  codeId: row.code_id,
  userId: row.user_id,
  atMs: Number(row.at_ms),
  creditedAtMs: row.credited_at_ms === null ? null : Number(row.credited_at_ms),
})
