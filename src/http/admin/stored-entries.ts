import type { AdministeredEntry } from '../../config/administered.ts'
import { isTree } from '../../config/tree.ts'
import type { ProviderKeyRecord, StoredObjects } from '../../db/types.ts'

/**
 * What is stored as entries of the configuration, providers with their keys. `secretOf` gives a key's own text; a key
 * without one is left out.
 */
export const entriesOf = (
  { objects, keys }: StoredObjects,
  secretOf: (key: ProviderKeyRecord) => string | undefined,
): readonly AdministeredEntry[] => {
  const byProvider = Map.groupBy(keys, ({ providerId }) => providerId)
  return objects.map(({ kind, id, body }) => {
    if (kind !== 'provider' || !isTree(body)) return { kind, id, body }
    const own = (byProvider.get(id) ?? []).flatMap((key) => {
      const secret = secretOf(key)
      return secret === undefined ? [] : [{ ...key.body, id: key.id, key: secret }]
    })
    return { kind, id, body: { ...body, keys: own } }
  })
}

/** For checks, which need to know of keys only that they are there. */
export const withoutSecrets = (): string => 'not shown'
