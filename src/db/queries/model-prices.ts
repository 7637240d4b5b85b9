import { type Kysely, sql } from 'kysely'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import { readPriceVersion, writePriceVersion } from '../price-json.ts'
import type { Tables } from '../tables.ts'
import type { Act, PriceRecord, Store } from '../types.ts'
import { recordChange } from './changes.ts'

/** The prices of `Store`. */
export const modelPriceQueries = (db: Kysely<Tables>, nowMs: () => number): Store['prices'] => ({
  add: async (price, by) => {
    const set = newPrice(price, by, nowMs())
    await db.transaction().execute((transaction) => insertPrice(transaction, set))
    return set
  },
  find: (id) => findPrice(db, id),
  list: async (model, page) => {
    const query = selectPrices(db).where('model', '=', model)
    const columns = { atMs: 'effective_from_ms', id: 'seq', isNumbered: true }
    const listing = await fetchPage(query, page, columns, (row) => ({
      atMs: Number(row.effective_from_ms),
      id: String(row.seq),
    }))
    return { rows: listing.rows.map(readPrice), nextCursor: listing.nextCursor }
  },
  from: async (atMs, model) => {
    const standing = selectPrices(db).where('withdrawn_at_ms', 'is', null)
    const wanted = model === undefined ? standing : standing.where('model', '=', model)
    const rows = await wanted
      .where('effective_from_ms', '>=', inForce(atMs))
      .orderBy('effective_from_ms')
      .orderBy('seq')
      .execute()
    return rows.map(readPrice)
  },
  withdraw: async (price, { by, reason }) => {
    const atMs = nowMs()
    await db.transaction().execute((transaction) => insertWithdrawal(transaction, price, { atMs, by, reason }))
    return (await findPrice(db, price.id)) ?? price
  },
  replace: (price, next, by) => {
    const set = newPrice({ model: price.model, ...next }, by, nowMs())
    const act = { atMs: set.setAtMs, by, reason: `replaced by ${set.id}` }
    return db.transaction().execute(async (transaction) => {
      if (!(await insertWithdrawal(transaction, price, act))) return undefined
      await insertPrice(transaction, set)
      return set
    })
  },
})

const newPrice = (
  { model, version, reason }: Pick<PriceRecord, 'model' | 'version' | 'reason'>,
  setBy: string,
  setAtMs: number,
): PriceRecord => ({ id: newId('price_', setAtMs), model, version, setAtMs, setBy, reason, withdrawn: null })

const insertPrice = async (
  transaction: Kysely<Tables>,
  { id, model, version, setAtMs, setBy, reason }: PriceRecord,
): Promise<void> => {
  const row = { id, model, body: writePriceVersion(version), set_by: setBy, reason }
  const times = { effective_from_ms: version.effectiveFromMs, set_at_ms: setAtMs }
  await transaction
    .insertInto('model_prices')
    .values({ ...row, ...times })
    .execute()
  await recordChange(transaction, 'price', model, setAtMs)
}

/** Whether it had not been withdrawn before. */
const insertWithdrawal = async (
  transaction: Kysely<Tables>,
  { id, model }: PriceRecord,
  { atMs, by, reason }: Act,
): Promise<boolean> => {
  const row = { price_id: id, withdrawn_at_ms: atMs, withdrawn_by: by, withdrawn_reason: reason }
  const insert = transaction.insertInto('model_price_withdrawals').values(row)
  const inserted = await insert.onConflict((conflict) => conflict.column('price_id').doNothing()).executeTakeFirst()
  await recordChange(transaction, 'price', model, atMs)
  return inserted.numInsertedOrUpdatedRows === 1n
}

const selectPrices = (db: Kysely<Tables>) =>
  db
    .selectFrom('model_prices')
    .leftJoin('model_price_withdrawals', 'price_id', 'model_prices.id')
    .selectAll('model_prices')
    .select(['withdrawn_at_ms', 'withdrawn_by', 'withdrawn_reason'])

/** When the price that is in force at a moment came into force: 0 where none is. */
const inForce = (atMs: number) => sql<bigint>`coalesce((
  SELECT max(earlier.effective_from_ms) FROM model_prices AS earlier
  WHERE earlier.model = model_prices.model AND earlier.effective_from_ms <= ${BigInt(atMs)}
    AND NOT EXISTS (SELECT 1 FROM model_price_withdrawals AS gone WHERE gone.price_id = earlier.id)
), 0)`

const findPrice = async (db: Kysely<Tables>, id: string): Promise<PriceRecord | undefined> => {
  const row = await selectPrices(db).where('model_prices.id', '=', id).executeTakeFirst()
  return row && readPrice(row)
}

type Row = Awaited<ReturnType<ReturnType<typeof selectPrices>['executeTakeFirstOrThrow']>>

const readPrice = (row: Row): PriceRecord => ({
  id: row.id,
  model: row.model,
  version: readPriceVersion(row.body, Number(row.effective_from_ms)),
  setAtMs: Number(row.set_at_ms),
  setBy: row.set_by,
  reason: row.reason,
  withdrawn:
    row.withdrawn_at_ms === null
      ? null
      : { atMs: Number(row.withdrawn_at_ms), by: row.withdrawn_by ?? '', reason: row.withdrawn_reason },
})
