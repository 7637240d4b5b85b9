import type { DatabaseFailure, PostgresDatabase } from '../../db/database.ts'
import { err, ok, type Result } from '../../result.ts'
import type { StoredHeading } from '../headings.ts'
import { type Answer, readAnswers } from './operations.ts'

const APPLY = { sql: 'SELECT tollgate_apply($1::jsonb) AS answers', name: 'tollgate_apply' }

/** An operation as `operations.ts` writes it, with the heading its row refers to. */
export interface Written {
  /** What is done right before it, of the same request, and whose answer nobody needs. */
  readonly before?: string
  readonly operation: string
  readonly heading: StoredHeading
}

/**
 * Does operations, all or none, and answers them in their order; no two of them may be of one request. Headings that are
 * not known to be stored are stored first: should the operations then fail, nobody minds a heading too many.
 */
export const applyOperations = async (
  database: PostgresDatabase,
  writtens: readonly Written[],
): Promise<Result<readonly Answer[], DatabaseFailure>> => {
  const stored = await storeHeadings(database, writtens)
  if (!stored.ok) return stored
  const operations = writtens.flatMap(({ before, operation }) =>
    before === undefined ? operation : [before, operation],
  )
  const list = `[${operations.join()}]`
  const applied = await database.ask({ ...APPLY, parameters: [list] })
  if (!applied.ok) return applied
  const answers = readAnswers(String(applied.value.rows[0]?.['answers']))
  let place = -1
  return ok(
    writtens.flatMap(({ before }) => {
      place += before === undefined ? 1 : 2
      return answers[place] ?? []
    }),
  )
}

const storeHeadings = async (
  database: PostgresDatabase,
  writtens: readonly Written[],
): Promise<Result<void, DatabaseFailure>> => {
  const missing = new Map<string, StoredHeading>()
  for (const { heading } of writtens) if (!heading.isStored) missing.set(heading.id, heading)
  if (missing.size === 0) return ok(undefined)
  // In one order for all replicas, so that two of them do not wait for each other's.
  const headings = [...missing.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
  const rows = headings.map((_, index) => `(${[1, 2, 3, 4].map((column) => `$${index * 4 + column}`).join()})`)
  const sql = `INSERT INTO headings (id, model_requested, model_served, body) VALUES ${rows.join()}
    ON CONFLICT (id) DO NOTHING`
  const parameters = headings.flatMap(({ id, modelRequested, modelServed, body }) => [
    ...[id, modelRequested, modelServed, body],
  ])
  const answer = await database.ask({ sql, parameters })
  // Nothing else was done, whether or not this was.
  if (!answer.ok)
    return err(answer.error.kind === 'uncertain' ? { ...answer.error, kind: 'unavailable' } : answer.error)
  for (const heading of headings) heading.isStored = true
  return ok(undefined)
}
