import { type RawBuilder, sql } from 'kysely'
import { lowered } from '../words.ts'

/** Whether a column contains a text, whatever the case of its letters. Nothing in the text means more than itself. */
export const containing = (column: string, text: string): RawBuilder<boolean> => {
  const pattern = `%${lowered(text).replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return sql<boolean>`lower(COALESCE(${sql.ref(column)}, '')) LIKE ${pattern} ESCAPE '\\'`
}
