import { type Kysely, type Selectable, sql } from 'kysely'
import { ok, type Result } from '../../result.ts'
import type { Tables } from '../tables.ts'
import type { ObjectWrite, ProviderKeyRecord, Sealed } from '../types.ts'

/// Rows of keys of providers, for whoever holds the turn to change them.

export const readProviderKeys = async (db: Kysely<Tables>): Promise<readonly ProviderKeyRecord[]> =>
  (await db.selectFrom('provider_keys').selectAll().orderBy('provider_id').orderBy('id').execute()).map(readRow)

/** Writes a key, or what takes its place. */
export const putProviderKey = async (
  db: Kysely<Tables>,
  key: Extract<ObjectWrite, { act: 'put-key' }>,
  { by, atMs }: { readonly by: string; readonly atMs: number },
): Promise<void> => {
  const changed = {
    body: JSON.stringify(key.body),
    secret_id: key.secretId,
    ...columnsOf(key.sealed),
    last4: key.last4,
    updated_at_ms: atMs,
    updated_by: by,
  }
  await db
    .insertInto('provider_keys')
    .values({ provider_id: key.providerId, id: key.id, version: 1, created_at_ms: atMs, ...changed })
    .onConflict((conflict) =>
      conflict
        .columns(['provider_id', 'id'])
        .doUpdateSet({ ...changed, version: sql<bigint>`provider_keys.version + 1` }),
    )
    .execute()
}

/** Deletes one key of a provider, or all. */
export const removeProviderKeys = async (db: Kysely<Tables>, providerId: string, id?: string): Promise<void> => {
  const ofProvider = db.deleteFrom('provider_keys').where('provider_id', '=', providerId)
  await (id === undefined ? ofProvider : ofProvider.where('id', '=', id)).execute()
}

/** Encrypts up to `limit` keys anew: what they are, and their versions, stay. None, where one of them fails. */
export const resealProviderKeys = async <E>(
  db: Kysely<Tables>,
  newest: string,
  limit: number,
  reseal: (key: ProviderKeyRecord) => Result<Sealed, E>,
): Promise<Result<number, E>> => {
  const old = db.selectFrom('provider_keys').selectAll().where('sealed_by', '!=', newest)
  const keys = (await old.orderBy('provider_id').orderBy('id').limit(limit).execute()).map(readRow)
  const resealed: [ProviderKeyRecord, Sealed][] = []
  for (const key of keys) {
    const sealed = reseal(key)
    if (!sealed.ok) return sealed
    resealed.push([key, sealed.value])
  }
  for (const [{ providerId, id }, sealed] of resealed) {
    const row = db.updateTable('provider_keys').set(columnsOf(sealed))
    await row.where('provider_id', '=', providerId).where('id', '=', id).execute()
  }
  return ok(keys.length)
}

const columnsOf = ({ sealedBy, nonce, ciphertext }: Sealed) => ({ sealed_by: sealedBy, nonce, ciphertext })

const readRow = (row: Selectable<Tables['provider_keys']>): ProviderKeyRecord => ({
  providerId: row.provider_id,
  id: row.id,
  body: JSON.parse(row.body) as Readonly<Record<string, unknown>>,
  secretId: row.secret_id,
  sealed: { sealedBy: row.sealed_by, nonce: row.nonce, ciphertext: row.ciphertext },
  last4: row.last4,
  version: Number(row.version),
  createdAtMs: Number(row.created_at_ms),
  updatedAtMs: Number(row.updated_at_ms),
  updatedBy: row.updated_by,
})
