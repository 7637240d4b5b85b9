import { type Kysely, type Selectable, sql } from 'kysely'
import type { Dialect } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { FileRecord, FileStore, StoreApi } from '../types.ts'
import { anyOf } from '../words.ts'
import { fetchPart } from './list-part.ts'

/** The files of `Store`. */
export const fileQueries = (db: Kysely<Tables>, dialect: Dialect): FileStore => ({
  add: async (files) => {
    if (files.length === 0) return
    const rows = db.insertInto('files').values(files.map(rowOf))
    await rows.onConflict((conflict) => conflict.columns(['scope', 'id']).doNothing()).execute()
  },
  note: async (scope, id, { body, bytes }) => {
    await db.updateTable('files').set({ body, bytes }).where('scope', '=', scope).where('id', '=', id).execute()
  },
  find: async (scope, id) => {
    const row = db.selectFrom('files').selectAll().where('scope', '=', scope).where('id', '=', id)
    return readIfThere(await row.executeTakeFirst())
  },
  findAll: async (ids) => {
    const named = sql<boolean>`id IN ${anyOf(dialect, ids)}`
    const rows = await db.selectFrom('files').selectAll().where(named).execute()
    return rows.map(readFile)
  },
  newest: async (scope, api) => {
    const own = db.selectFrom('files').selectAll().where('scope', '=', scope).where('api', '=', api)
    const row = own.where('batch', 'is', null).orderBy('created_at_ms', 'desc').orderBy('id', 'desc').limit(1)
    return readIfThere(await row.executeTakeFirst())
  },
  list: async (scope, api, part, purpose) => {
    const all = db.selectFrom('files').selectAll().where('scope', '=', scope).where('api', '=', api)
    const rows = purpose === undefined ? all : all.where('purpose', '=', purpose)
    const listed = await fetchPart(rows, part, { table: 'files', scope, id: 'id' })
    return { ...listed, rows: listed.rows.map(readFile) }
  },
  remove: async (scope, id) => {
    await db.deleteFrom('files').where('scope', '=', scope).where('id', '=', id).execute()
  },
})

const rowOf = (file: FileRecord) => ({
  scope: file.scope,
  id: file.id,
  api: file.api,
  provider: file.provider,
  channel: file.channel,
  provider_key: file.providerKey,
  user_id: file.userId,
  key_id: file.keyId,
  purpose: file.purpose,
  bytes: file.bytes,
  batch: file.batch,
  created_at_ms: file.createdAtMs,
  body: file.body,
})

type Row = Selectable<Tables['files']>

const readIfThere = (row: Row | undefined): FileRecord | undefined => row && readFile(row)

const readFile = (row: Row): FileRecord => ({
  scope: row.scope,
  id: row.id,
  api: row.api as StoreApi,
  provider: row.provider,
  channel: row.channel,
  providerKey: row.provider_key,
  userId: row.user_id,
  keyId: row.key_id,
  purpose: row.purpose,
  bytes: Number(row.bytes),
  batch: row.batch,
  createdAtMs: Number(row.created_at_ms),
  body: row.body,
})
