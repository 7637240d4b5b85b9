import type { ProviderKeyRecord, Sealed, Store } from '../db/types.ts'
import { err, ok, type Result } from '../result.ts'
import type { Keyring } from './keyring.ts'

/**
 * Encrypts every stored key with the newest encryption key, in batches that are each written as a whole: whoever is
 * interrupted goes on the next time. How many it were, or why it stopped.
 */
export const reencryptKeys = async (
  objects: Pick<Store['objects'], 'reseal'>,
  keyring: Keyring,
  batch: number,
): Promise<Result<number, string>> => {
  const newest = keyring.newest()
  if (!newest.ok) return newest
  for (let done = 0; ; ) {
    const resealed = await objects.reseal(newest.value, batch, (key) => reseal(keyring, key))
    if (!resealed.ok) return err(`${resealed.error} ${done} keys were encrypted anew before.`)
    if (resealed.value === 0) return ok(done)
    done += resealed.value
  }
}

const reseal = (keyring: Keyring, key: ProviderKeyRecord): Result<Sealed, string> => {
  const secret = keyring.unseal(key.sealed, key)
  if (secret.ok) return keyring.seal(secret.value, key)
  const name = `The key ${key.id} of ${key.providerId}`
  return err(
    secret.error === 'damaged'
      ? `${name} was changed in the database, and cannot be read: delete it, and add it again.`
      : `${name} is encrypted with a key that is not configured (${key.sealed.sealedBy}): add that to \`encryption_keys\`.`,
  )
}
