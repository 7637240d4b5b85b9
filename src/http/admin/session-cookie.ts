import type { Context } from 'hono'
import type { MembershipRecord, OperatorSession, SessionRecord } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { type Caller, PERMISSIONS, PERMISSIONS_OF } from './caller.ts'
import type { ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'

type Ctx = Context<ControlPlaneEnv>
export type SessionDeps = Pick<
  ControlPlaneDeps,
  'accounts' | 'store' | 'adminProof' | 'operatorUserId' | 'actor' | 'facts'
>

/** Who a browser says is in front of it. */
export interface SignedIn {
  readonly session: SessionRecord | undefined
  /** The admin key was entered in it. */
  readonly operator: boolean
  /** An organisation that its administrator looks at. */
  readonly view: OperatorSession | undefined
}

const NOBODY: SignedIn = { session: undefined, operator: false, view: undefined }

/** Reads the cookies of a request. */
export const readSignedIn = async ({ accounts, adminProof, actor }: SessionDeps, c: Ctx): Promise<SignedIn> => {
  const cookie = c.req.header('cookie') ?? null
  if (cookie === null) return NOBODY
  const [session, operated, viewed] = await Promise.all([
    accounts.sessionOf(cookie),
    accounts.operatorSessionOf(cookie, 'operator'),
    accounts.operatorSessionOf(cookie, 'view'),
  ])
  const operator = operated !== undefined && operated.proof === adminProof
  const isAdministrator = operator || session?.person.administrator === true
  const actors = [...(operator ? [actor] : []), ...(session ? [session.person.id] : [])]
  // Whoever looks through somebody's eyes has to be the administrator who began to, still.
  const view = viewed && isAdministrator && actors.includes(viewed.actor) ? viewed : undefined
  return { session, operator, view }
}

export const isSignedIn = ({ session, operator }: SignedIn): boolean => session !== undefined || operator

/** Notes who acts. */
export const noteActor = (c: Ctx, { session, operator }: SignedIn, deps: Pick<SessionDeps, 'actor'>): void => {
  c.set('actor', session ? session.person.id : operator ? deps.actor : 'nobody')
  if (session) c.set('actorName', session.person.email)
}

/** The header in which a page says for which organisation it asks. */
export const ORGANISATION_HEADER = 'x-tollgate-organisation'

/** Whoever is signed in, as a caller for an organisation: the one the page names, else the first. */
export const callerOf = async (
  deps: SessionDeps,
  signedIn: SignedIn,
  wanted: string | undefined,
): Promise<Result<Caller, GatewayError>> => {
  const { session, operator, view } = signedIn
  const actor = session?.person.id ?? deps.actor
  if (view?.userId)
    return ok({ userId: view.userId, actor, permissions: new Set(['read', 'payloads'] as const), readOnly: true })
  if (session) {
    const memberships = await deps.store.members.ofPerson(session.person.id)
    const found =
      wanted === undefined ? memberships[0] : memberships.find(({ organisation }) => organisation.id === wanted)
    if (found) return ok(callerAs(found, actor))
    if (!operator || (wanted !== undefined && wanted !== deps.operatorUserId))
      return err(wanted === undefined ? NO_ORGANISATION : notAMember(wanted))
  }
  if (wanted !== undefined && wanted !== deps.operatorUserId) return err(notAMember(wanted))
  return ok({ userId: deps.operatorUserId, actor: deps.actor, permissions: new Set(PERMISSIONS), readOnly: false })
}

const callerAs = ({ organisation, role }: MembershipRecord, actor: string): Caller => ({
  userId: organisation.id,
  actor,
  permissions: new Set(PERMISSIONS_OF[role]),
  readOnly: false,
})

const NO_ORGANISATION = fault(
  'role-not-allowed',
  'You belong to no organisation. Make one, or ask to be invited to one.',
)
const notAMember = (id: string): GatewayError =>
  fault('role-not-allowed', `You are not a member of the organisation ${id.slice(0, 100)}. Choose another.`)

/** The header that only scripts of this very site can send. */
export const CONSOLE_HEADER = 'x-tollgate-console'

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Why a request that a cookie speaks for is not believed: browsers send cookies with whatever another site makes them ask.
 * What changes something has to have the header of our pages, and to come from one of them.
 */
export const refusalOfForgery = (c: Ctx, publicUrl: string): GatewayError | undefined => {
  if (SAFE.has(c.req.method)) return undefined
  if (c.req.header(CONSOLE_HEADER) !== '1')
    return foreign(`Send the header "${CONSOLE_HEADER}: 1" with what changes something by a cookie.`)
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin') return foreign('Pages of other sites may change nothing here.')
  if (origin !== undefined && !isOwn(origin, publicUrl, c.req.header('host')))
    return foreign('Pages of other sites may change nothing here. If this is the address people use, set public_url.')
  if (origin === undefined && site === undefined) return foreign('Say which page it comes from, by "Origin".')
  return undefined
}

/** The header in which a page says for whom it was drawn. */
export const PERSON_HEADER = 'x-tollgate-person'

/**
 * Why a change is not made: the page was drawn for somebody else than who is signed in by now, as in another tab of the
 * browser. Nothing is said of a request that names nobody, or where nobody is signed in.
 */
export const refusalOfOther = (c: Ctx, { session, operator }: Omit<SignedIn, 'view'>): GatewayError | undefined => {
  const meant = c.req.header(PERSON_HEADER)
  if (meant === undefined || SAFE.has(c.req.method) || (!session && !operator)) return undefined
  return session?.person.id === meant ? undefined : SOMEBODY_ELSE
}

const SOMEBODY_ELSE = fault(
  'state-conflict',
  'Somebody else is signed in in this browser now, so nothing was changed. Load the page again first.',
  { param: PERSON_HEADER },
)

/** The address people know, or the name this very request was sent to. */
const isOwn = (origin: string, publicUrl: string, host: string | undefined): boolean => {
  if (!URL.canParse(origin)) return false
  const from = new URL(origin)
  return from.origin === new URL(publicUrl).origin || (host !== undefined && from.host === host.toLowerCase())
}

const foreign = (message: string): GatewayError => fault('origin-not-allowed', message)
