import { type Kysely, sql } from 'kysely'
import { nanoUsd } from '../../units.ts'
import type { PricedFilter, PricedPart } from '../control-types.ts'
import { type Heading, joinReceipt, readHeading } from '../receipt-json.ts'
import type { Receipt } from '../../canon/receipt.ts'
import type { Tables } from '../tables.ts'

interface Row {
  readonly seq: bigint
  readonly at_ms: bigint
  readonly request_id: string
  readonly user_id: string
  readonly key_id: string
  readonly status: bigint
  readonly ended: string
  readonly cost_nano: bigint
  readonly heading_id: string
  /** `null` of other models. */
  readonly body: string | null
  readonly heading: string | null
}

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
  const headings = new Map<string, Heading>()
  return {
    receipts: rows.flatMap((row) => toReceipt(row, headings)),
    after: last && rows.length === rowsMax ? { atMs: Number(last.at_ms), seq: BigInt(last.seq) } : undefined,
  }
}

const toReceipt = (row: Row, headings: Map<string, Heading>): readonly Receipt[] => {
  if (row.body === null || row.heading === null) return []
  const heading = headings.get(row.heading_id) ?? readHeading(row.heading)
  headings.set(row.heading_id, heading)
  const columns = {
    requestId: row.request_id,
    atMs: Number(row.at_ms),
    userId: row.user_id,
    keyId: row.key_id,
    status: Number(row.status),
    ended: row.ended as Receipt['ended'],
    cost: nanoUsd(BigInt(row.cost_nano)),
  }
  return [joinReceipt(columns, heading, row.body)]
}
