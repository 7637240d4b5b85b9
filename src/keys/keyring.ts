import type { ProviderKeyRecord, Sealed } from '../db/types.ts'
import { err, ok, type Result } from '../result.ts'
import { type EncryptionKey, seal, type UnsealFault, unseal } from './encryption.ts'

/** What a stored secret belongs to: it is bound to it, and opens nowhere else. */
export type SecretPlace = Pick<ProviderKeyRecord, 'providerId' | 'id' | 'secretId'>

/** The encryption keys of this process. */
export interface Keyring {
  /** Encrypts with the newest key. Fails, with what to do, where there is none. */
  seal(secret: string, place: SecretPlace): Result<Sealed, string>
  unseal(sealed: Sealed, place: SecretPlace): Result<string, UnsealFault>
  /** The fingerprint of the newest key. */
  newest(): Result<string, string>
}

/** Where keys come from that are not configured. */
export interface SpareKeys {
  /** A key that is there, or is made now; fails with what to do instead. */
  make(): Result<EncryptionKey, string>
  /** A key that is there. */
  find(): EncryptionKey | undefined
}

/** The keys that are configured, the newest first; after them, those that are not. */
export const createKeyring = (configured: readonly EncryptionKey[], spare: SpareKeys): Keyring => {
  const newest = (): Result<EncryptionKey, string> => {
    const [first] = configured
    return first ? ok(first) : spare.make()
  }
  return {
    seal: (secret, place) => {
      const key = newest()
      return key.ok ? ok(seal(key.value, secret, boundTo(place))) : key
    },
    unseal: (sealed, place) => {
      const read = unseal(configured, sealed, boundTo(place))
      if (read.ok || read.error !== 'unknown-key') return read
      const other = spare.find()
      return other ? unseal([other], sealed, boundTo(place)) : read
    },
    newest: () => {
      const key = newest()
      return key.ok ? ok(key.value.fingerprint) : err(key.error)
    },
  }
}

const boundTo = ({ providerId, id, secretId }: SecretPlace): readonly string[] => [
  'provider key',
  providerId,
  id,
  secretId,
]
