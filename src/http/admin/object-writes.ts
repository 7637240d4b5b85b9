import type { ObjectRecord, ObjectWrite, ProviderKeyRecord, StoredObjects } from '../../db/types.ts'

/** What there is after something is written, as far as the configuration goes: times and versions are the database's. */
export const afterWrites = (now: StoredObjects, writes: readonly ObjectWrite[]): StoredObjects =>
  writes.reduce(afterWrite, now)

const UNWRITTEN = { version: 0, createdAtMs: 0, updatedAtMs: 0, updatedBy: '' }

const afterWrite = ({ objects, keys }: StoredObjects, write: ObjectWrite): StoredObjects => {
  switch (write.act) {
    case 'put': {
      const { kind, id, body } = write
      const at = objects.findIndex(isObject(kind, id))
      const put: ObjectRecord = { ...UNWRITTEN, ...objects[at], kind, id, body }
      return { objects: at === -1 ? [...objects, put] : objects.with(at, put), keys }
    }
    case 'remove': {
      const { kind, id } = write
      return {
        objects: objects.filter((each) => !isObject(kind, id)(each)),
        keys: kind === 'provider' ? keys.filter(({ providerId }) => providerId !== id) : keys,
      }
    }
    case 'put-key': {
      const { act: _, ...key } = write
      const at = keys.findIndex(isKey(write.providerId, write.id))
      const put: ProviderKeyRecord = { ...UNWRITTEN, ...keys[at], ...key }
      return { objects, keys: at === -1 ? [...keys, put] : keys.with(at, put) }
    }
    case 'remove-key':
      return { objects, keys: keys.filter((each) => !isKey(write.providerId, write.id)(each)) }
  }
}

export const isObject =
  (kind: string, id: string) =>
  (each: ObjectRecord): boolean =>
    each.kind === kind && each.id === id

export const isKey =
  (providerId: string, id: string) =>
  (each: ProviderKeyRecord): boolean =>
    each.providerId === providerId && each.id === id
