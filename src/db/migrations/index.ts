import { type Kysely, type RawBuilder, sql } from 'kysely'
import { start } from './0001-start.ts'
import { responses } from './0002-responses.ts'
import { reasoning } from './0003-reasoning.ts'

/** The words in which the SQL of one database differs from another's. */
export interface ColumnWords {
  /** 64-bit whole number. */
  readonly whole: 'integer' | 'bigint' | RawBuilder<unknown>
  /** A key that counts up in the order of insertion and is never used twice. */
  readonly sequence: 'integer' | RawBuilder<unknown>
  readonly tableEnd: RawBuilder<unknown>
  /** The end of a table that is only ever found by its key: kept in the key's order, with no second tree beside it. */
  readonly keyedTableEnd: RawBuilder<unknown>
}

export interface Migration {
  readonly number: number
  readonly name: string
  /** One line: what could not be done before. */
  readonly why: string
  readonly up: (db: Kysely<unknown>, words: ColumnWords) => Promise<void>
}

/** Every change of the tables, oldest first. What has been released is never edited: a mistake is a new migration. */
export const MIGRATIONS: readonly Migration[] = [start, responses, reasoning]

/** STRICT: SQLite then refuses a sum that left 64 bits, where it would otherwise turn it into a float. */
export const SQLITE_WORDS: ColumnWords = {
  whole: 'integer',
  sequence: 'integer',
  tableEnd: sql`STRICT`,
  keyedTableEnd: sql`STRICT, WITHOUT ROWID`,
}
