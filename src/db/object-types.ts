import type { Result } from '../result.ts'

/** What of the configuration may be administered. The same words as in `config/administered.ts`. */
export const OBJECT_KINDS = ['provider', 'channel', 'group', 'plan', 'alias', 'retired'] as const
export type ObjectKind = (typeof OBJECT_KINDS)[number]

interface Administered {
  /** From 1; each change counts it up. */
  readonly version: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly updatedBy: string
}

/** An entry of the configuration that is in no file. */
export interface ObjectRecord extends Administered {
  readonly kind: ObjectKind
  readonly id: string
  /** In the shape of an entry of the file. */
  readonly body: unknown
}

/** Something encrypted. `sealedBy`: the fingerprint of the key it is encrypted with; the rest in base64. */
export interface Sealed {
  readonly sealedBy: string
  readonly nonce: string
  readonly ciphertext: string
}

/** A key of an administered provider. */
export interface ProviderKeyRecord extends Administered {
  readonly providerId: string
  readonly id: string
  /** In the shape of an entry of `keys` in the file, without the key. */
  readonly body: Readonly<Record<string, unknown>>
  /** Another with each key that takes the place of one before. */
  readonly secretId: string
  readonly sealed: Sealed
  readonly last4: string
}

/** Everything administered, by kind and id. */
export interface StoredObjects {
  readonly objects: readonly ObjectRecord[]
  readonly keys: readonly ProviderKeyRecord[]
}

/** `put` makes what is not there yet. With a provider go its keys. */
export type ObjectWrite =
  | ({ readonly act: 'put' } & Pick<ObjectRecord, 'kind' | 'id' | 'body'>)
  | ({ readonly act: 'remove' } & Pick<ObjectRecord, 'kind' | 'id'>)
  | ({ readonly act: 'put-key' } & Pick<
      ProviderKeyRecord,
      'providerId' | 'id' | 'body' | 'secretId' | 'sealed' | 'last4'
    >)
  | ({ readonly act: 'remove-key' } & Pick<ProviderKeyRecord, 'providerId' | 'id'>)

/** How many keys that are not revoked are of a group, or how many users have a plan. */
export type CountUses = (kind: 'group' | 'plan', id: string) => Promise<number>

/** Entries of the configuration that administrators set. */
export interface ObjectStore {
  read(): Promise<StoredObjects>
  /**
   * One at a time, whichever process asks: `decide` sees what there is and says what to write of it, all of which is
   * written, or, where it fails, nothing. What there is then.
   */
  change<E>(
    by: string,
    decide: (now: StoredObjects, countUses: CountUses) => Promise<Result<readonly ObjectWrite[], E>>,
  ): Promise<Result<StoredObjects, E>>
  /**
   * Encrypts some keys anew that are not encrypted with `newest`, all of them or, where one fails, none. How many; 0
   * when none is left.
   */
  reseal<E>(
    newest: string,
    limit: number,
    reseal: (key: ProviderKeyRecord) => Result<Sealed, E>,
  ): Promise<Result<number, E>>
}
