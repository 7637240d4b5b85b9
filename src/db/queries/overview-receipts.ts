import { type Kysely, sql } from 'kysely'
import type { PricedFilter, PricedPart } from '../control-types.ts'
import type { Tables } from '../tables.ts'
import { createReader, type ReceiptRow } from './receipts.ts'

interface Row extends Omit<ReceiptRow, 'body' | 'heading'> {
  readonly seq: bigint
  /** `null` of other models. */
  readonly body: string | null
  readonly heading: string | null
}

const isOfModel = (row: Row): row is Row & ReceiptRow => row.body !== null && row.heading !== null

/** A part of the receipts since a moment; of each that is not of the model only its place is read. */
export const receiptsOf = async (
  db: Kysely<Tables>,
  { model, sinceMs, after, rowsMax }: PricedFilter,
): Promise<PricedPart> => {
  const behind = after ? sql`AND (at_ms, seq) < (${after.atMs}, ${after.seq})` : sql``
  const { rows } = await sql<Row>`SELECT r.seq, r.at_ms, r.request_id, r.user_id, r.key_id, r.status, r.ended,
      r.cost_nano, r.heading_id,
      CASE WHEN h.model_served = ${model} THEN r.body END AS body,
      CASE WHEN h.model_served = ${model} THEN h.body END AS heading
    FROM (SELECT * FROM receipts WHERE at_ms >= ${sinceMs} ${behind}
      ORDER BY at_ms DESC, seq DESC LIMIT ${rowsMax}) AS r
    JOIN headings AS h ON h.id = r.heading_id
    ORDER BY r.at_ms DESC, r.seq DESC`.execute(db)
  const last = rows.at(-1)
  return {
    receipts: rows.filter(isOfModel).map(createReader()),
    after: last && rows.length === rowsMax ? { atMs: Number(last.at_ms), seq: BigInt(last.seq) } : undefined,
  }
}
