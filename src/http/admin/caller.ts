import type { Context } from 'hono'
import type { Role } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { mayDo } from '../../keys/principal.ts'
import type { Principal } from '../../keys/types.ts'
import { err, ok, type Result } from '../../result.ts'
import type { ControlPlaneEnv } from './deps.ts'

/** What may be done to an organisation: seen, what its requests said, its keys and projects, its money, its members, itself. */
export const PERMISSIONS = ['read', 'payloads', 'keys', 'billing', 'members', 'organisation'] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What members of each role may do. Only an owner gives the organisation away, or ends it: see `organisations.ts`. */
export const PERMISSIONS_OF: Readonly<Record<Role, readonly Permission[]>> = {
  owner: PERMISSIONS,
  admin: PERMISSIONS,
  developer: ['read', 'payloads', 'keys'],
  billing: ['read', 'billing'],
  viewer: ['read'],
}

/** Who makes a call under `/api/me` or `/api/organisations`, and for which organisation. */
export interface Caller {
  /** The organisation, which is the user of the admin API: whose money, keys and receipts these are. */
  readonly userId: string
  /** Who acts, for those who ask later: `person_…`, `key_…`, `admin_key`. */
  readonly actor: string
  readonly permissions: ReadonlySet<Permission>
  /** An administrator looks through somebody's eyes: nothing may be changed, whatever the permissions say. */
  readonly readOnly: boolean
}

type Ctx = Context<ControlPlaneEnv>

/** The caller, if it may do this. Fails as `scope-not-allowed` for a key, as `role-not-allowed` for a person. */
export const requirePermission = (c: Ctx, permission: Permission): Result<Caller, GatewayError> => {
  const caller = c.get('caller')
  const principal = c.get('principal')
  if (principal) {
    const refusal = refusalOfKey(principal, permission)
    return refusal ? err(refusal) : ok(caller)
  }
  if (caller.readOnly && permission !== 'read' && permission !== 'payloads') return err(READ_ONLY)
  return caller.permissions.has(permission) ? ok(caller) : err(notInRole(permission))
}

/** Who acts, on every path: for the audit log, and for what notes by whom it was set. */
export const actorOf = (c: Ctx): string => c.get('actor') ?? 'nobody'

/** The owner of a key as a caller. It never manages keys or members: a key that leaks must not make others. */
export const callerOfKey = (principal: Principal): Caller => {
  const permissions = (['read', 'payloads', 'billing'] as const).filter(
    (permission) => !refusalOfKey(principal, permission),
  )
  return {
    userId: principal.userId,
    actor: principal.keyId,
    permissions: new Set(permissions),
    readOnly: false,
  }
}

const refusalOfKey = (principal: Principal, permission: Permission): GatewayError | undefined => {
  switch (permission) {
    case 'read':
    // Of which requests, whoever asks for it looks at the key: see `payloads.ts`.
    case 'payloads':
      return refusalOf(mayDo(principal, 'receipts'))
    case 'billing':
      // A key that may spend only so much may not spend the balance by another way.
      return principal.budgets.length > 0 ? HAS_BUDGET : refusalOf(mayDo(principal, 'account'))
    default:
      return NOT_BY_KEY
  }
}

const refusalOf = (allowed: Result<undefined, GatewayError>): GatewayError | undefined =>
  allowed.ok ? undefined : allowed.error

const HAS_BUDGET = fault(
  'scope-not-allowed',
  'This key has a budget, or its project has, and so may not dispose of the balance. Use a key without, or sign in.',
)
const NOT_BY_KEY = fault('scope-not-allowed', 'No key may do this: sign in to the console.')
const READ_ONLY = fault('role-not-allowed', 'You look at this organisation as one of its members: change nothing.')

const notInRole = (permission: Permission): GatewayError =>
  fault('role-not-allowed', `Your role in this organisation does not allow it (${WORDS[permission]}). Ask an owner.`)

const WORDS: Readonly<Record<Permission, string>> = {
  read: 'to see it',
  payloads: 'to see what requests said',
  keys: 'keys and projects',
  billing: 'billing',
  members: 'members',
  organisation: 'the organisation itself',
}
