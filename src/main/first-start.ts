import { randomBytes } from 'node:crypto'
import type { Store, UserRecord } from '../db/types.ts'
import { hashSecret, newAdminSecret, newSecret, sameHash } from '../keys/secret.ts'
import { createReceiptKeys, type ReceiptKeys } from '../receipts/keys.ts'
import { nanoUsd, ONE } from '../units.ts'

/** What a start finds or makes: who administrates, whose traffic local mode is, and secrets to show this once. */
export interface FirstStart {
  readonly operator: UserRecord
  readonly isAdmin: (secret: string) => boolean
  /** Another for each admin key: a browser that remembers one that is gone is not believed. */
  readonly adminProof: string
  /** The key record that unauthenticated local traffic is counted under. */
  readonly localKeyId: string
  /** Seals vendors' reasoning state on its way through clients. */
  readonly carrierSecret: Uint8Array
  /** Signs receipts. */
  readonly receiptKeys: ReceiptKeys
  readonly adminKey: string | undefined
  readonly apiKey: string | undefined
}

const ADMIN_HASH = 'admin_key_sha256'
const OPERATOR = 'operator_user_id'
const FIRST_KEY = 'first_key_id'
const LOCAL_KEY = 'local_key_id'
const CARRIER_SECRET = 'carrier_secret'
// RFC 2606 reserves `.invalid`: nobody has this address, and it is one by the rules of the admin API.
const OPERATOR_EMAIL = 'operator@tollgate.invalid'
/** The operator pays the vendors directly, so their own account is only counted: it may go a billion dollars down. */
const OPERATOR_OVERDRAFT = nanoUsd(1_000_000_000_000_000_000n)

/**
 * Makes what the very first start needs and later starts find: the operator's own postpaid account with a key to try
 * things with, and, where the configuration has no admin key, one made up here and stored as its hash. Of several
 * replicas that start at once on an empty database each finds the same, and each secret is shown by one of them.
 */
export const firstStart = async (store: Store, configuredAdminKey: string | null): Promise<FirstStart> => {
  const known = await store.settings.get(OPERATOR)
  const operator = (known && (await store.users.find(known))) || (await createOperator(store))
  const admin = await adminHash(store, configuredAdminKey)
  const apiKey = known || configuredAdminKey ? undefined : await onlyKey(store, operator, FIRST_KEY, 'first key')
  return {
    operator,
    isAdmin: (secret) => sameHash(hashSecret(secret), admin.hash),
    adminProof: hashSecret(`session of ${admin.hash}`),
    localKeyId: await localKey(store, operator),
    carrierSecret: await carrierSecret(store),
    receiptKeys: createReceiptKeys({ settings: store.settings, nowMs: Date.now }),
    adminKey: admin.made,
    apiKey: apiKey?.secret,
  }
}

const createOperator = async (store: Store): Promise<UserRecord> => {
  const user = { email: OPERATOR_EMAIL, plan: null, rateMultiplier: ONE, overdraft: OPERATOR_OVERDRAFT }
  const created = await store.users.create(user)
  const operator = created.ok ? created.value : await store.users.findByEmail(OPERATOR_EMAIL)
  if (!operator) throw new Error('the operator account could neither be made nor found')
  await store.settings.set(OPERATOR, operator.id)
  return operator
}

const adminHash = async (
  store: Store,
  configured: string | null,
): Promise<{ hash: string; made: string | undefined }> => {
  if (configured !== null) return { hash: hashSecret(configured), made: undefined }
  const stored = await store.settings.get(ADMIN_HASH)
  if (stored) return { hash: stored, made: undefined }
  const { secret, hash } = newAdminSecret()
  const kept = await store.settings.add(ADMIN_HASH, hash)
  return { hash: kept, made: kept === hash ? secret : undefined }
}

const createKey = async (store: Store, operator: UserRecord, name: string) => {
  const { secret, hash, prefix } = newSecret()
  const limits = { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null }
  const unlimited = { models: null, ipAllow: null, scopes: [], labels: [], ...limits, budgets: [], expiresAtMs: null }
  const key = await store.keys.create(
    { userId: operator.id, projectId: null, name, group: 'default', prefix, ...unlimited },
    hash,
  )
  return { id: key.id, secret }
}

/** Its secret is forgotten at once: nobody presents this key, traffic is only counted under it. */
const localKey = async (store: Store, operator: UserRecord): Promise<string> =>
  (await store.settings.get(LOCAL_KEY)) ?? (await onlyKey(store, operator, LOCAL_KEY, 'local mode')).id

/** A key that there is one of, whoever makes it; its secret where it was made here. */
const onlyKey = async (store: Store, operator: UserRecord, setting: string, name: string) => {
  const { id, secret } = await createKey(store, operator, name)
  const kept = await store.settings.add(setting, id)
  if (kept === id) return { id, secret }
  // Another replica was first, and this one's is of no use to anybody.
  await store.keys.revoke(id)
  return { id: kept, secret: undefined }
}

/** Made once and kept with the data: every replica on it, now and later, must read what another has sealed. */
const carrierSecret = async (store: Store): Promise<Uint8Array> => {
  const known = await store.settings.get(CARRIER_SECRET)
  if (known) return Buffer.from(known, 'base64url')
  return Buffer.from(await store.settings.add(CARRIER_SECRET, randomBytes(32).toString('base64url')), 'base64url')
}
