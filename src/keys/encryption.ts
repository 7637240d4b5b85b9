import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto'
import type { Sealed } from '../db/types.ts'
import { err, ok, type Result } from '../result.ts'

/** A key that secrets are encrypted with before they are stored. */
export interface EncryptionKey {
  /** Tells keys apart; says nothing of the key. */
  readonly fingerprint: string
  readonly bytes: Uint8Array
}

/** Why something encrypted cannot be read: with none of the keys at hand, or it is not what was written in this place. */
export type UnsealFault = 'unknown-key' | 'damaged'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
/** As NIST SP 800-38D recommends. Drawn at random: good for 2^32 secrets of one key. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts with AES-256-GCM. `place` says where the result belongs, and is bound to it: it opens nowhere else, so rows of
 * a table cannot be exchanged.
 */
export const seal = (key: EncryptionKey, secret: string, place: readonly string[]): Sealed => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key.bytes, nonce)
  cipher.setAAD(bound(place))
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { sealedBy: key.fingerprint, nonce: nonce.toString('base64'), ciphertext: sealed.toString('base64') }
}

/** Reads what `seal` wrote for the same place, with whichever of the keys it was. */
export const unseal = (
  keys: readonly EncryptionKey[],
  { sealedBy, nonce, ciphertext }: Sealed,
  place: readonly string[],
): Result<string, UnsealFault> => {
  const key = keys.find(({ fingerprint }) => fingerprint === sealedBy)
  if (!key) return err('unknown-key')
  const sealed = Buffer.from(ciphertext, 'base64')
  const iv = Buffer.from(nonce, 'base64')
  if (sealed.length < TAG_BYTES || iv.length !== NONCE_BYTES) return err('damaged')
  const decipher = createDecipheriv(CIPHER, key.bytes, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(bound(place))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  const plain = decipher.update(sealed.subarray(0, -TAG_BYTES))
  try {
    return ok(Buffer.concat([plain, decipher.final()]).toString('utf8'))
  } catch (error) {
    // Node has no other way to say that the tag does not fit.
    return error instanceof Error ? err('damaged') : err('unknown-key')
  }
}

/** Unambiguous, whatever the parts hold. */
const bound = (place: readonly string[]): Buffer => Buffer.from(JSON.stringify(['tollgate', ...place]))

/** 32 bytes as base64, with either alphabet, or as hex. */
const AS_BYTES = /^(?:[A-Za-z0-9+/_-]{43}=?|[0-9a-fA-F]{64})$/

/** Whether a text is a key by itself, and not a passphrase that one is derived from. */
export const isWholeKey = (text: string): boolean => AS_BYTES.test(text)

/** 2^15, 8, 1: about 0.1 s and 32 MiB, once a start. */
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 67_108_864 }

/** The key of a text: 32 bytes as they are written, or derived from a passphrase by scrypt (RFC 7914). */
export const encryptionKeyOf = async (text: string, salt: string): Promise<EncryptionKey> =>
  isWholeKey(text) ? wholeKeyOf(text) : keyOf(await derive(text, salt))

/** The key that a text is by itself. */
export const wholeKeyOf = (text: string): EncryptionKey =>
  keyOf(Buffer.from(text, text.length === 64 ? 'hex' : 'base64'))

const keyOf = (bytes: Uint8Array): EncryptionKey => ({ bytes, fingerprint: fingerprintOf(bytes) })

/** A key drawn at random, as it is written. */
export const newEncryptionKey = (): string => randomBytes(KEY_BYTES).toString('base64')

const derive = (passphrase: string, salt: string): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY_BYTES, SCRYPT, (error, key) => (error ? reject(error) : resolve(key)))
  })

const fingerprintOf = (bytes: Uint8Array): string =>
  createHash('sha256').update('tollgate encryption key').update(bytes).digest('hex').slice(0, 16)
