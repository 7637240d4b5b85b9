import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from './database.ts'

/// The words of queries in which the SQL of one database differs from the other's. Those of tables: `migrations/`.

/** What stands around a JSON list of texts to make rows of it, in a column `value`. */
const AROUND_LIST: Readonly<Record<Dialect, readonly [before: string, after: string]>> = {
  sqlite: ['json_each(', ')'],
  postgres: ['json_array_elements_text(CAST(', ' AS json)) AS listed (value)'],
}

/** For `FROM`: the texts of a JSON list that is a parameter of a script, one to a row, in a column `value`. */
export const listParameter = (dialect: Dialect): string => AROUND_LIST[dialect].join('?')

/** For `IN`: some texts, however many, as one parameter. */
export const anyOf = (dialect: Dialect, texts: readonly string[]): RawBuilder<unknown> => {
  const [before, after] = AROUND_LIST[dialect]
  return sql`(SELECT value FROM ${sql.raw(before)}${toList(dialect, texts)}${sql.raw(after)})`
}

/** The texts as a JSON list. PostgreSQL refuses a list with what none of its texts can hold: NUL, half a surrogate pair. */
export const toList = (dialect: Dialect, texts: readonly string[]): string =>
  JSON.stringify(texts.map((text) => holdable(dialect, text)))

/** A text as the database can hold it. */
export const holdable = (dialect: Dialect, text: string): string =>
  dialect === 'sqlite' ? text : text.replaceAll('\0', '\ufffd').toWellFormed()

/** For `FROM`: the lists in a JSON list that is a parameter, one to a row, each as JSON in a column `value`. */
export const listsParameter = (dialect: Dialect, json: string): RawBuilder<unknown> =>
  dialect === 'sqlite' ? sql`json_each(${json})` : sql`json_array_elements(CAST(${json} AS json)) AS listed (value)`

/** What `lower()` makes of a text on both: letters of ASCII only, whatever language the server speaks. */
export const lowered = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
