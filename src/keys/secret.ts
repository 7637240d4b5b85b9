import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { err, ok, type Result } from '../result.ts'

/** What a secret opens: the data plane for one user, or the control plane. */
export type SecretKind = 'key' | 'admin'

/** Why a text cannot be a Tollgate secret, found without asking the database. */
export type SecretFlaw = 'foreign' | 'length' | 'character' | 'checksum'

export interface NewSecret {
  /** Shown once to whoever asked for it, then forgotten. */
  readonly secret: string
  /** What is stored: hex SHA-256 of the whole secret. */
  readonly hash: string
  /** What is shown afterwards to recognise the key by; too little to guess the rest from. */
  readonly prefix: string
}

const LEAD: Record<SecretKind, string> = { key: 'sk-tg-', admin: 'sk-tg-admin-' }
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^32 is 190 bits: out of reach of guessing, so that a plain SHA-256 protects it at rest. */
const RANDOM_CHARACTERS = 32
/** 62^6 exceeds 2^32, so that every CRC-32 fits. */
const CHECKSUM_CHARACTERS = 6
const TAIL = /^[0-9A-Za-z]+$/
const PREFIX_CHARACTERS = 6
/** The largest multiple of 62 in a byte. Bytes from there on are dropped: kept, they would favour the first digits. */
const UNBIASED_BYTE_LIMIT = 248

/** A new secret for a user's key: `sk-tg-`, 32 random characters, 6 of checksum. */
export const newSecret = (): NewSecret => make('key')

/** A new secret for the operator: `sk-tg-admin-` and the same scheme. */
export const newAdminSecret = (): NewSecret => make('admin')

/** Whether a text has the shape and checksum of a secret, and of which kind. A typo is told apart without a look-up. */
export const readSecret = (text: string): Result<SecretKind, SecretFlaw> => {
  const kind = kindOf(text)
  if (kind === undefined) return err('foreign')
  const tail = text.slice(LEAD[kind].length)
  if (tail.length !== RANDOM_CHARACTERS + CHECKSUM_CHARACTERS) return err('length')
  if (!TAIL.test(tail)) return err('character')
  const signed = text.slice(0, -CHECKSUM_CHARACTERS)
  return text.slice(-CHECKSUM_CHARACTERS) === checksum(signed) ? ok(kind) : err('checksum')
}

/** Hex SHA-256 of the whole secret: what the database is asked for. */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'hex')

/** Compares two hex hashes in a time that does not depend on where they differ. */
export const sameHash = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left, 'latin1'), Buffer.from(right, 'latin1'))

const make = (kind: SecretKind): NewSecret => {
  const signed = LEAD[kind] + randomCharacters(RANDOM_CHARACTERS)
  const secret = signed + checksum(signed)
  return { secret, hash: hashSecret(secret), prefix: secret.slice(0, LEAD[kind].length + PREFIX_CHARACTERS) }
}

const kindOf = (text: string): SecretKind | undefined => {
  if (text.startsWith(LEAD.admin)) return 'admin'
  return text.startsWith(LEAD.key) ? 'key' : undefined
}

const randomCharacters = (count: number): string => {
  let text = ''
  while (text.length < count) {
    for (const byte of randomBytes(count)) {
      if (byte < UNBIASED_BYTE_LIMIT && text.length < count) text += ALPHABET.charAt(byte % ALPHABET.length)
    }
  }
  return text
}

/** CRC-32 of the text in base 62, most significant digit first, padded to six. */
const checksum = (text: string): string => {
  let rest = crc32(text)
  let digits = ''
  for (let place = 0; place < CHECKSUM_CHARACTERS; place++) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits
    rest = Math.floor(rest / ALPHABET.length)
  }
  return digits
}
