import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { err, ok, type Result } from '../result.ts'
import { canonicalJson } from './canonical-json.ts'

/** A public key as the world sees it (RFC 8037), and from when to when receipts were signed with it. */
export interface PublicReceiptKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly use: 'sig'
  readonly alg: 'EdDSA'
  readonly valid_from: string
  /** `null`: it is the one in use. */
  readonly valid_to: string | null
}

/** Made anew for every new key; `x` and `d` are the two halves, in base64url. */
export interface ReceiptKeyPair {
  readonly kid: string
  readonly x: string
  readonly d: string
}

export interface Signature {
  readonly alg: 'Ed25519'
  readonly key_id: string
  /** Base64url without padding, over the canonical JSON of the receipt without its `signature`. */
  readonly value: string
}

const halves = ({
  x,
  d,
}: {
  readonly x?: unknown
  readonly d?: unknown
}): { readonly x: string; readonly d: string } => {
  if (typeof x !== 'string' || typeof d !== 'string') throw new Error('the key made is none of Ed25519')
  return { x, d }
}

export const newReceiptKey = (): ReceiptKeyPair => {
  const pair = halves(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))
  return { kid: thumbprintOf(pair.x), ...pair }
}

/** RFC 7638: the same key has the same name everywhere. */
export const thumbprintOf = (x: string): string =>
  createHash('sha256')
    .update(canonicalJson({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')

const JWK = { kty: 'OKP', crv: 'Ed25519' } as const

/** Signs receipts with one key, which is read once. */
export const createSigner = ({
  kid,
  x,
  d,
}: ReceiptKeyPair): (<Json extends object>(receipt: Json) => Json & { signature: Signature }) => {
  const key = createPrivateKey({ format: 'jwk', key: { ...JWK, x, d } })
  return (receipt) => {
    const value = sign(null, signedBytes(receipt), key).toString('base64url')
    return { ...receipt, signature: { alg: 'Ed25519', key_id: kid, value } }
  }
}

/** What is signed: everything a receipt says but the signature. */
const signedBytes = (receipt: object): Buffer => Buffer.from(canonicalJson({ ...receipt, signature: undefined }))

/** Checks the signature of a receipt against public keys; the name of its key, or what is wrong in words. */
export const verifySignature = (receipt: unknown, keys: readonly TrustedKey[]): Result<string, string> => {
  if (typeof receipt !== 'object' || receipt === null || Array.isArray(receipt)) return err('It is no receipt.')
  const signature = signatureOf(receipt)
  if (!signature) return err('It has no signature of the kind that Tollgate makes (Ed25519).')
  const found = keys.find(({ kid }) => kid === signature.key_id)
  if (!found) {
    const known = keys.map(({ kid }) => kid).join(', ')
    return err(`It names the key ${signature.key_id}, which is not among those to trust (${known || 'none'}).`)
  }
  if (verify(null, signedBytes(receipt), found.key, Buffer.from(signature.value, 'base64url'))) return ok(found.kid)
  return err('The signature does not fit: something in the receipt was changed after it was signed.')
}

const signatureOf = (receipt: object): Signature | undefined => {
  const found: unknown = Reflect.get(receipt, 'signature')
  if (typeof found !== 'object' || found === null || Object.keys(found).length !== 3) return undefined
  const { alg, key_id: keyId, value } = found as Partial<Record<keyof Signature, unknown>>
  if (alg !== 'Ed25519' || typeof keyId !== 'string' || typeof value !== 'string') return undefined
  // One signature has one text: bits that a decoder passes over are not let pass.
  return Buffer.from(value, 'base64url').toString('base64url') === value ? { alg, key_id: keyId, value } : undefined
}

export interface TrustedKey {
  readonly kid: string
  readonly key: KeyObject
}

/** Reads public keys from a JWK set (RFC 7517), or from one key by itself; those of other kinds are passed over. */
export const readTrustedKeys = (json: unknown): readonly TrustedKey[] => {
  const listed: unknown = typeof json === 'object' && json !== null ? (Reflect.get(json, 'keys') ?? [json]) : []
  return (Array.isArray(listed) ? listed : []).flatMap((jwk: unknown) => {
    if (typeof jwk !== 'object' || jwk === null) return []
    const { kty, crv, x, kid } = jwk as Readonly<Record<string, unknown>>
    if (kty !== JWK.kty || crv !== JWK.crv || typeof x !== 'string' || Buffer.from(x, 'base64url').length !== 32)
      return []
    return [
      {
        kid: typeof kid === 'string' ? kid : thumbprintOf(x),
        key: createPublicKey({ format: 'jwk', key: { ...JWK, x } }),
      },
    ]
  })
}
