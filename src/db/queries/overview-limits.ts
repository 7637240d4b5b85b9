import type { Kysely } from 'kysely'
import { fetchPage } from '../page.ts'
import type { Tables } from '../tables.ts'
import type { Listing, Page } from '../types.ts'

const OWN_LIMITS = ['rpm', 'tpm', 'itpm', 'otpm', 'concurrency', 'budgets'] as const

/** Ids of keys or projects in use that have limits or budgets of their own, newest first. */
export const limited = async (db: Kysely<Tables>, what: 'keys' | 'projects', page: Page): Promise<Listing<string>> => {
  const listing = await (what === 'keys' ? keys(db, page) : projects(db, page))
  return { rows: listing.rows.map(({ id }) => id), nextCursor: listing.nextCursor }
}

const COLUMNS = { atMs: 'created_at_ms', id: 'id' }
const positionOf = (row: { readonly id: string; readonly created_at_ms: bigint }) => ({
  atMs: Number(row.created_at_ms),
  id: row.id,
})

const keys = (db: Kysely<Tables>, page: Page) => {
  const query = db
    .selectFrom('keys')
    .select(['id', 'created_at_ms'])
    .where('revoked_at_ms', 'is', null)
    .where((or) => or.or(OWN_LIMITS.map((column) => or(column, 'is not', null))))
  return fetchPage(query, page, COLUMNS, positionOf)
}

const projects = (db: Kysely<Tables>, page: Page) => {
  const query = db
    .selectFrom('projects')
    .select(['id', 'created_at_ms'])
    .where('archived_at_ms', 'is', null)
    .where('budgets', 'is not', null)
  return fetchPage(query, page, COLUMNS, positionOf)
}
