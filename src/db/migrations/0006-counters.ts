import { type Kysely, sql } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const counters: Migration = {
  number: 6,
  name: 'counters',
  why: 'usage by day is counted, changes reach every replica, and bills of providers are compared with receipts',
  up: async (db, words) => {
    await createDailyUsage(db, words, 'daily_usage')
    await db.schema.createIndex('daily_usage_user').on('daily_usage').columns(['user_id', 'day']).execute()
    // Where counters are made anew, before they take the place of the old ones.
    await createDailyUsage(db, words, 'daily_usage_rebuilt')
    await createFeeders(db, words)
    if (words.dialect === 'postgres') await noteReceipts(db)
    await createChanges(db, words)
    await createReconciliations(db, words)
  },
}

const COUNTS = [
  'requests',
  'failed',
  'unpriced',
  'input',
  'input_audio',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'output_audio',
  'reasoning',
  'cost_nano',
  'uncollected_nano',
  'provider_cost_nano',
]
const KEY = ['day', 'user_id', 'key_id', 'project_id', 'model', 'provider']

const createDailyUsage = async (
  db: Kysely<unknown>,
  { text, whole, keyedTableEnd }: ColumnWords,
  table: string,
): Promise<void> => {
  let creating = db.schema.createTable(table)
  for (const name of KEY) creating = creating.addColumn(name, text, (column) => column.notNull())
  for (const name of COUNTS) creating = creating.addColumn(name, whole, (column) => column.notNull())
  await creating
    .addPrimaryKeyConstraint(`${table}_key`, KEY as never[])
    .modifyEnd(keyedTableEnd)
    .execute()
}

const createFeeders = async (db: Kysely<unknown>, { text, whole, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('feeders')
    .addColumn('name', text, (column) => column.primaryKey().notNull())
    .addColumn('turn', whole, (column) => column.notNull())
    .modifyEnd(keyedTableEnd)
    .execute()
  await sql`INSERT INTO feeders (name, turn) VALUES ('daily', 0), ('rebuild', 0)`.execute(db)
}

/**
 * On PostgreSQL the numbers of receipts are given before their transactions commit, and these commit in any order: behind
 * a cursor, some would be passed over. There each receipt is noted as uncounted, in its own transaction.
 */
const noteReceipts = async (db: Kysely<unknown>): Promise<void> => {
  await sql`CREATE TABLE receipts_uncounted (seq bigint PRIMARY KEY)`.execute(db)
  await sql`CREATE FUNCTION tollgate_note_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO receipts_uncounted (seq) VALUES (NEW.seq);
      RETURN NULL;
    END $$`.execute(db)
  // Locks the receipts until this transaction ends, so that none is written between the two statements.
  await sql`CREATE TRIGGER receipts_note AFTER INSERT ON receipts
    FOR EACH ROW EXECUTE FUNCTION tollgate_note_receipt()`.execute(db)
  await sql`INSERT INTO receipts_uncounted (seq) SELECT seq FROM receipts`.execute(db)
}

const createChanges = async (db: Kysely<unknown>, words: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('changes')
    .addColumn('seq', words.sequence, (column) => column.primaryKey())
    .addColumn('kind', words.text, (column) => column.notNull())
    .addColumn('subject_id', words.text, (column) => column.notNull())
    .addColumn('at_ms', words.whole, (column) => column.notNull())
    .modifyEnd(words.tableEnd)
    .execute()
  if (words.dialect !== 'postgres') return
  // By the transaction, and not by its number, a reader can tell what may still appear beside what it has seen.
  await sql`ALTER TABLE changes ADD COLUMN written_in bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)`.execute(
    db,
  )
  await sql`CREATE INDEX changes_written ON changes (written_in)`.execute(db)
}

const createReconciliations = async (db: Kysely<unknown>, { text, whole, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('reconciliations')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('provider', text, (column) => column.notNull())
    .addColumn('at_ms', whole, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('reconciliations_provider').on('reconciliations').columns(['provider', 'at_ms']).execute()
  await db.schema.createIndex('reconciliations_at').on('reconciliations').columns(['at_ms', 'id']).execute()
}
