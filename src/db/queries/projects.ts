import type { Kysely, Selectable } from 'kysely'
import { readBudgets, writeBudgets } from '../budget-json.ts'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import type { Tables } from '../tables.ts'
import type { ProjectRecord, Store } from '../types.ts'
import { changeBudgets } from './budget-change.ts'
import { changing, recordChange } from './changes.ts'

/** The projects of `Store`. */
export const projectQueries = (db: Kysely<Tables>, nowMs: () => number): Store['projects'] => ({
  create: async (project) => {
    const createdAtMs = nowMs()
    const id = newId('project_', createdAtMs)
    const { name, userId, budgets } = project
    const row = { id, name, user_id: userId, budgets: writeBudgets(budgets), created_at_ms: createdAtMs }
    await db.insertInto('projects').values(row).execute()
    return { ...project, id, createdAtMs, archivedAtMs: null }
  },
  find: (id) => findProject(db, id),
  list: async ({ userId }, page) => {
    const all = db.selectFrom('projects').selectAll()
    const query = userId === undefined ? all : all.where('user_id', '=', userId)
    const listing = await fetchPage(query, page, { atMs: 'created_at_ms', id: 'id' }, (row) => ({
      atMs: Number(row.created_at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readProject), nextCursor: listing.nextCursor }
  },
  update: async (id, { name, budgets }) => {
    if (name !== undefined || budgets)
      await changing(db, 'project', id, nowMs(), async (transaction) => {
        if (budgets) await changeBudgets(transaction, 'projects', id, budgets)
        if (name !== undefined) await transaction.updateTable('projects').set({ name }).where('id', '=', id).execute()
      })
    return findProject(db, id)
  },
  archive: async (id) => {
    const atMs = nowMs()
    await db.transaction().execute(async (transaction) => {
      const archived = transaction.updateTable('projects').set({ archived_at_ms: atMs })
      await archived.where('id', '=', id).where('archived_at_ms', 'is', null).execute()
      const project = await findProject(transaction, id)
      if (!project) return
      const revoked = transaction.updateTable('keys').set({ revoked_at_ms: atMs })
      await revoked.where('project_id', '=', id).where('revoked_at_ms', 'is', null).execute()
      await recordChange(transaction, 'project', id, atMs)
    })
    return findProject(db, id)
  },
})

const findProject = async (db: Kysely<Tables>, id: string): Promise<ProjectRecord | undefined> => {
  const row = await db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst()
  return row && readProject(row)
}

const readProject = (row: Selectable<Tables['projects']>): ProjectRecord => ({
  id: row.id,
  name: row.name,
  userId: row.user_id,
  budgets: readBudgets(row.budgets),
  createdAtMs: Number(row.created_at_ms),
  archivedAtMs: row.archived_at_ms === null ? null : Number(row.archived_at_ms),
})
