import type { Store } from '../db/types.ts'
import { createSigner, newReceiptKey, type PublicReceiptKey, type ReceiptKeyPair, type Signature } from './signature.ts'

/** Signs receipts as they are read, with keys that all replicas on one database share. */
export interface ReceiptKeys {
  sign<Json extends object>(receipt: Json): Promise<Json & { signature: Signature }>
  /** All keys there have ever been, newest first: what receipts read long ago were signed with must stay provable. */
  published(): Promise<readonly PublicReceiptKey[]>
  /** Makes a new key, which signs from now on. */
  rotate(): Promise<readonly PublicReceiptKey[]>
}

export interface ReceiptKeysOptions {
  readonly settings: Pick<Store['settings'], 'get' | 'add'>
  readonly nowMs: () => number
}

interface StoredKey extends ReceiptKeyPair {
  readonly fromMs: number
}

/** How long a key may go on signing on a replica after another has made a newer one. Both are listed. */
const FRESH_MS = 1_000

/** Each key has a row of its own, numbered, that is written once: whoever comes second takes what is there. */
const nameOf = (number: number): string => `receipt_key_${number}`

/** Opens the keys. The first is made when it is first needed, by whichever replica is first to write it. */
export const createReceiptKeys = ({ settings, nowMs }: ReceiptKeysOptions): ReceiptKeys => {
  const keys: StoredKey[] = []
  let sign: ReturnType<typeof createSigner> | undefined
  let askedAtMs = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  const learn = (text: string): void => {
    const key = JSON.parse(text) as StoredKey
    keys.push(key)
    sign = createSigner(key)
  }
  const make = async (number: number): Promise<void> => {
    const text = await settings.add(nameOf(number), JSON.stringify({ ...newReceiptKey(), fromMs: nowMs() }))
    if (keys.length < number) learn(text)
  }
  const ask = async (): Promise<void> => {
    const atMs = nowMs()
    for (;;) {
      const number = keys.length + 1
      const text = await settings.get(nameOf(number))
      if (text === undefined) break
      if (keys.length < number) learn(text)
    }
    if (keys.length === 0) await make(1)
    askedAtMs = atMs
  }
  /** Asks at most once at a time and once a second. */
  const refresh = async (): Promise<void> => {
    if (keys.length > 0 && nowMs() - askedAtMs < FRESH_MS) return
    asking ??= ask().finally(() => {
      asking = undefined
    })
    await asking
  }
  const list = (): readonly PublicReceiptKey[] =>
    keys.map((key, at) => publicKeyOf(key, keys[at + 1]?.fromMs)).reverse()

  return {
    sign: async (receipt) => {
      await refresh()
      if (!sign) throw new Error('there is no key to sign receipts with, though one was just made')
      return sign(receipt)
    },
    published: async () => {
      await refresh()
      return list()
    },
    rotate: async () => {
      await ask()
      await make(keys.length + 1)
      return list()
    },
  }
}

const publicKeyOf = ({ kid, x, fromMs }: StoredKey, toMs: number | undefined): PublicReceiptKey => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x,
  kid,
  use: 'sig',
  alg: 'EdDSA',
  valid_from: new Date(fromMs).toISOString(),
  valid_to: toMs === undefined ? null : new Date(toMs).toISOString(),
})
