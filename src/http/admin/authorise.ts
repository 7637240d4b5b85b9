import type { Context, MiddlewareHandler } from 'hono'
import { fault, type GatewayError } from '../../errors.ts'
import { readCredential } from '../../keys/credentials.ts'
import { err, type Result } from '../../result.ts'
import { type Caller, callerOfKey } from './caller.ts'
import type { ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { refuse } from './refusal.ts'
import {
  callerOf,
  isSignedIn,
  noteActor,
  ORGANISATION_HEADER,
  readSignedIn,
  refusalOfForgery,
  refusalOfOther,
  type SessionDeps,
  type SignedIn,
} from './session-cookie.ts'

type Deps = Pick<ControlPlaneDeps, 'isAdmin' | 'admitUnauthenticated' | 'authenticate'> & SessionDeps
type Ctx = Context<ControlPlaneEnv>

/**
 * Lets the admin key through, and administrators who are signed in. The key is read from headers alone: addresses end up
 * in other people's logs.
 */
export const requireAdmin =
  (deps: Deps): MiddlewareHandler<ControlPlaneEnv> =>
  async (c, next) => {
    // What methods a path has is in the public description; nothing is told by OPTIONS that is not.
    if (c.req.method === 'OPTIONS') return next()
    if (!hasCredential(c, '')) {
      const signedIn = await readSignedIn(deps, c)
      if (isSignedIn(signedIn)) return asAdministrator(deps, c, signedIn, next)
    }
    const refusal = await refusalOfStranger(deps, c.req.raw.headers)
    if (!refusal) {
      c.set('actor', deps.actor)
      return next()
    }
    return refusal.kind === 'invalid-api-key' ? turnAway(c, deps, refusal) : refuse(c, refusal)
  }

const asAdministrator = async (deps: Deps, c: Ctx, signedIn: SignedIn, next: () => Promise<void>) => {
  if (!signedIn.operator && signedIn.session?.person.administrator !== true) return refuse(c, NO_ADMINISTRATOR)
  const forged = refusalOfForgery(c, deps.facts.publicUrl) ?? refusalOfOther(c, signedIn)
  if (forged) return refuse(c, forged)
  // A person is named where there is one: the key that was entered is everybody's who knows it.
  const { session } = signedIn
  noteActor(c, session?.person.administrator ? signedIn : { ...signedIn, session: undefined }, deps)
  return next()
}

/** Why these headers do not let their sender in as the operator; `undefined` where they hold the admin key. */
export const refusalOfStranger = async (
  { isAdmin }: Pick<Deps, 'isAdmin'>,
  headers: Headers,
): Promise<GatewayError | undefined> => {
  const credential = readCredential(headers, '')
  if (!credential.ok && credential.error.kind === 'invalid-request') return credential.error
  if (!credential.ok || credential.value === undefined) return NO_ADMIN_KEY
  return (await isAdmin(credential.value)) ? undefined : WRONG_ADMIN_KEY
}

/** Lets the owner of a Tollgate key through, and whoever is signed in, and remembers who it is. */
export const requireKey =
  (deps: Deps): MiddlewareHandler<ControlPlaneEnv> =>
  async (c, next) => {
    if (c.req.method === 'OPTIONS') return next()
    if (!hasCredential(c, c.req.url)) {
      const caller = await signedInCaller(deps, c)
      if (caller) return caller.ok ? next() : refuse(c, caller.error)
    }
    const credential = readCredential(c.req.raw.headers, c.req.url)
    const principal = credential.ok ? await deps.authenticate(credential.value, addressOf(c)) : credential
    if (principal.ok) {
      c.set('principal', principal.value)
      c.set('caller', callerOfKey(principal.value))
      c.set('actor', principal.value.keyId)
      return next()
    }
    const { error } = principal
    return error.kind === 'invalid-api-key' ? turnAway(c, deps, error) : refuse(c, error)
  }

/** Lets whoever is signed in through; which organisation they may do what to, each call asks for itself. */
export const requireSession =
  (deps: Deps): MiddlewareHandler<ControlPlaneEnv> =>
  async (c, next) => {
    if (c.req.method === 'OPTIONS') return next()
    const signedIn = await readSignedIn(deps, c)
    if (!isSignedIn(signedIn)) return turnAway(c, deps, hasCredential(c, c.req.url) ? NOT_BY_KEY : NOT_SIGNED_IN)
    const forged = refusalOfForgery(c, deps.facts.publicUrl) ?? refusalOfOther(c, signedIn)
    if (forged) return refuse(c, forged)
    noteActor(c, signedIn, deps)
    c.set('signedIn', signedIn)
    return next()
  }

/** `undefined`: nobody is signed in. */
const signedInCaller = async (deps: Deps, c: Ctx): Promise<Result<Caller, GatewayError> | undefined> => {
  const signedIn = await readSignedIn(deps, c)
  if (!isSignedIn(signedIn)) return undefined
  const forged = refusalOfForgery(c, deps.facts.publicUrl) ?? refusalOfOther(c, signedIn)
  if (forged) return err(forged)
  noteActor(c, signedIn, deps)
  const caller = await callerOf(deps, signedIn, c.req.header(ORGANISATION_HEADER))
  if (caller.ok) c.set('caller', caller.value)
  return caller
}

/** Whether anything was presented as a key: then that decides, whatever cookies a browser sends along. */
const hasCredential = (c: Ctx, query: string): boolean => {
  const credential = readCredential(c.req.raw.headers, query)
  return !credential.ok || credential.value !== undefined
}

const NO_ADMIN_KEY = fault(
  'invalid-api-key',
  'This path needs the admin key. Send it as "Authorization: Bearer <admin key>" or as "x-api-key".',
)
const WRONG_ADMIN_KEY = fault(
  'invalid-api-key',
  'This is not the admin key. It was printed at the first start, or is set as admin_key in the configuration.',
)
const NO_ADMINISTRATOR = fault('role-not-allowed', 'Only administrators of this server may do this.')
const NOT_SIGNED_IN = fault('invalid-api-key', 'Sign in to the console first; a session that was there has ended.')
const NOT_BY_KEY = fault('invalid-api-key', 'No key may do this: sign in to the console.')

/** What a 401 asks for, as RFC 9110 has it. */
export const CHALLENGE = 'Bearer realm="Tollgate"'

const turnAway = (c: Ctx, deps: Deps, error: GatewayError): Response => {
  const admitted = deps.admitUnauthenticated(addressOf(c))
  if (!admitted.ok) return refuse(c, admitted.error)
  c.header('www-authenticate', CHALLENGE)
  return refuse(c, error)
}

const addressOf = (c: Ctx): string => c.env?.ip?.() ?? ''
