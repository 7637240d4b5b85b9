import type { Context } from 'hono'
import type { OrganisationRecord, PersonRecord, Role } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { type Caller, type Permission, requirePermission } from './caller.ts'
import type { ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { notFound } from './routes.ts'
import { callerOf, type SignedIn } from './session-cookie.ts'

type Ctx = Context<ControlPlaneEnv>

/** An organisation, and what whoever asks is in it. */
export interface Access {
  readonly organisation: OrganisationRecord
  readonly caller: Caller
  /** `undefined`: not a member, but somebody who looks at it, or the operator in their own. */
  readonly role: Role | undefined
}

/**
 * Whoever is signed in, in the organisation of the path. One that they do not belong to is answered as one that does not
 * exist, so that ids cannot be probed.
 */
export const enterOrganisation = async (
  deps: ControlPlaneDeps,
  c: Ctx,
  id: string,
  permission: Permission,
): Promise<Result<Access, GatewayError>> => {
  const signedIn = c.get('signedIn')
  const [organisation, caller] = await Promise.all([
    deps.store.members.findOrganisation(id),
    callerOf(deps, signedIn, id),
  ])
  if (!organisation || !caller.ok || caller.value.userId !== id) return err(notFound('organisation', id, 'id'))
  c.set('caller', caller.value)
  const allowed = requirePermission(c, permission)
  if (!allowed.ok) return allowed
  const { session } = signedIn
  const role = session && (await deps.store.members.roleOf(id, session.person.id))
  return ok({ organisation, caller: caller.value, role })
}

/** What only owners do, whatever an admin may do otherwise. */
export const requireOwner = ({ role, caller }: Access): Result<undefined, GatewayError> =>
  role === 'owner' && !caller.readOnly ? ok(undefined) : err(OWNERS_ONLY)

const OWNERS_ONLY = fault('role-not-allowed', 'Only an owner of the organisation may do this.')

/** The person who is signed in. Somebody who only entered the admin key is nobody in particular. */
export const requirePerson = ({ session, view }: SignedIn): Result<PersonRecord, GatewayError> => {
  if (view) return err(fault('role-not-allowed', 'You look at somebody else’s organisation. Stop that first.'))
  return session ? ok(session.person) : err(NOBODY_IN_PARTICULAR)
}

const NOBODY_IN_PARTICULAR = fault(
  'role-not-allowed',
  'Only the admin key was entered in this browser: sign in as a person to belong to organisations.',
)
