import { DatabaseError } from '../db/database.ts'
import type { FoundKey, Store } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { type AddressRanges, normaliseAddress, readRanges } from './addresses.ts'
import { type KeyLimits, toPrincipal } from './principal.ts'
import { createRecentMap } from './recent-map.ts'
import { ADMIN_SECRET, FLAWS, KEY_MISSING, KEY_UNKNOWN } from './refusals.ts'
import { hashSecret, readSecret } from './secret.ts'
import type { Authenticate, Principal } from './types.ts'

export interface AuthenticatorOptions {
  readonly store: { readonly keys: Pick<Store['keys'], 'findByHash'> }
  /** The limits each plan brings, by its name. */
  readonly plans: ReadonlyMap<string, KeyLimits>
  /** The limits of a key that neither has its own nor gets any from a plan. */
  readonly ceiling: KeyLimits
  readonly cacheEntriesMax: number
  /** How long a found key is believed without asking again; what changes in this process invalidates at once. */
  readonly cacheTtlMs: number
  readonly nowMs: () => number
  /** Well-formed secrets nobody has, remembered briefly so that a client that retries in a loop costs no look-ups. */
  readonly unknownEntriesMax?: number
  readonly unknownTtlMs?: number
  /** Look-ups open at once; a flood of made-up keys ends here and not in the database's queue. */
  readonly lookupsMax?: number
}

export interface Authenticator {
  readonly authenticate: Authenticate
  /** Forgets a key under all its secrets; call it after each change, once the change is stored. */
  invalidate(keyId: string): void
  /** The same for all keys of a user, or of a project. */
  invalidateUser(userId: string): void
  invalidateProject(projectId: string): void
  invalidateAll(): void
}

/** Creates the one place that turns a secret into a principal. Holds no secret, only hashes. */
export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const { nowMs, unknownTtlMs = 5_000 } = options
  const known = createRecentMap<string, KnownKey>(options.cacheEntriesMax)
  /** Hash → when it was found to be nobody's. */
  const unknown = createRecentMap<string, number>(options.unknownEntriesMax ?? 1_000)
  const lookUp = createLookUp(options, known, unknown)

  const authenticate: Authenticate = (secret, ip) => {
    if (secret === undefined || secret === '') return KEY_MISSING
    const hash = hashSecret(secret)
    const now = nowMs()
    const cached = known.get(hash)
    if (cached && isFresh(cached.readAtMs, options.cacheTtlMs, now)) return judge(cached, ip, now)
    const shape = readSecret(secret)
    if (!shape.ok) return FLAWS[shape.error]
    if (shape.value === 'admin') return ADMIN_SECRET
    const missedAtMs = unknown.get(hash)
    if (missedAtMs !== undefined && isFresh(missedAtMs, unknownTtlMs, now)) return KEY_UNKNOWN
    return lookUp.find(hash).then((found) => (found.ok ? judge(found.value, ip, nowMs()) : found))
  }

  const invalidateAll = (): void => {
    known.clear()
    unknown.clear()
    lookUp.forget()
  }
  const forgetWhere = (isMeant: (principal: Principal) => boolean): void => {
    known.deleteWhere(({ principal }) => isMeant(principal))
    lookUp.forget()
  }
  return {
    authenticate,
    invalidate: (id) => forgetWhere(({ keyId }) => keyId === id),
    invalidateUser: (id) => forgetWhere(({ userId }) => userId === id),
    invalidateProject: (id) => forgetWhere(({ projectId }) => projectId === id),
    invalidateAll,
  }
}

/** A key as cached: everything that depends on the clock or the caller's address is asked again on each use. */
interface KnownKey {
  readonly principal: Principal
  readonly revokedAtMs: number | null
  readonly validUntilMs: number | null
  readonly ranges: AddressRanges | null
  readonly readAtMs: number
}

interface LookUp {
  find(hash: string): Promise<Result<KnownKey, GatewayError>>
  /** Lets nothing read before now into the caches, and no later caller wait for it. */
  forget(): void
}

/** Asks the store, once for all who ask for the same hash at the same time, and remembers the answer. */
const createLookUp = (
  options: AuthenticatorOptions,
  known: { set(hash: string, key: KnownKey): void },
  unknown: { set(hash: string, missedAtMs: number): void },
): LookUp => {
  const { store, plans, ceiling, nowMs, lookupsMax = 1_000 } = options
  const open = new Map<string, Promise<Result<KnownKey, GatewayError>>>()
  let openCount = 0
  let generation = 0

  const ask = async (hash: string): Promise<Result<KnownKey, GatewayError>> => {
    const startedIn = generation
    try {
      const found = await store.keys.findByHash(hash)
      const readAtMs = nowMs()
      const key = found && toKnownKey(found, toPrincipal(found, plans, ceiling), readAtMs)
      // A read from before an invalidation may predate the change: good for who asked then, not for the cache.
      const mayRemember = startedIn === generation
      if (key === undefined) {
        if (mayRemember) unknown.set(hash, readAtMs)
        return KEY_UNKNOWN
      }
      if (mayRemember) known.set(hash, key)
      return ok(key)
    } catch (cause) {
      const internal = `key look-up failed: ${cause instanceof Error ? cause.message : String(cause)}`
      if (cause instanceof DatabaseError)
        return err(fault('overloaded', NOT_CHECKED, { retryAfterMs: 5_000, internal }))
      return err(fault('internal', 'The key could not be checked just now. Send the request again.', { internal }))
    }
  }

  const find = (hash: string): Promise<Result<KnownKey, GatewayError>> => {
    const joined = open.get(hash)
    if (joined) return joined
    if (openCount >= lookupsMax) return Promise.resolve(TOO_MANY)
    openCount++
    const asked = ask(hash).finally(() => {
      openCount--
      if (open.get(hash) === asked) open.delete(hash)
    })
    open.set(hash, asked)
    return asked
  }
  const forget = (): void => {
    generation++
    open.clear()
  }
  return { find, forget }
}

const NOT_CHECKED = 'The key cannot be checked: the database does not answer. Try again in a few seconds.'

const TOO_MANY = err(
  fault('overloaded', 'Too many keys are being checked at once. Wait a second and send the request again.'),
)

const toKnownKey = (found: FoundKey, principal: Principal, readAtMs: number): KnownKey => ({
  principal,
  revokedAtMs: found.key.revokedAtMs,
  validUntilMs: found.validUntilMs,
  // An entry that cannot be read lets nobody in: a stored list is checked when it is written.
  ranges: found.key.ipAllow === null ? null : readRanges(found.key.ipAllow).ranges,
  readAtMs,
})

/** A clock set back makes an entry seem to come from the future; it is read again rather than believed for long. */
const isFresh = (readAtMs: number, ttlMs: number, nowMs: number): boolean =>
  nowMs >= readAtMs && nowMs - readAtMs < ttlMs

const judge = (key: KnownKey, ip: Parameters<Authenticate>[1], nowMs: number): Result<Principal, GatewayError> => {
  const { principal, revokedAtMs, validUntilMs, ranges } = key
  if (revokedAtMs !== null)
    return refuse(`This key was revoked on ${instant(revokedAtMs)}. Use another key, or have a new one created.`)
  if (validUntilMs !== null && nowMs >= validUntilMs) {
    return refuse(
      `This key was rotated, and its old secret stopped working on ${instant(validUntilMs)}. Use the new secret.`,
    )
  }
  if (principal.expiresAtMs !== null && nowMs >= principal.expiresAtMs) {
    return refuse(
      `This key expired on ${instant(principal.expiresAtMs)}. Have a new one created, or this one's expiry moved.`,
    )
  }
  if (ranges === null) return ok(principal)
  const address = normaliseAddress(typeof ip === 'string' ? ip : ip())
  if (address !== undefined && ranges.includes(address)) return ok(principal)
  const from = address ?? 'an unknown address'
  return err(
    fault(
      'ip-not-allowed',
      `This key may not be used from ${from}. Add the address to the key's ip_allow, or call from one that is on it.`,
    ),
  )
}

const refuse = (message: string): Result<never, GatewayError> => err(fault('invalid-api-key', message))
const instant = (ms: number): string => new Date(ms).toISOString()
