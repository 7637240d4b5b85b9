import type { Context, MiddlewareHandler } from 'hono'
import { fault, type GatewayError } from '../../errors.ts'
import { readCredential } from '../../keys/credentials.ts'
import type { ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { refuse } from './refusal.ts'

type Deps = Pick<ControlPlaneDeps, 'isAdmin' | 'admitUnauthenticated' | 'authenticate'>
type Ctx = Context<ControlPlaneEnv>

/** Lets only the admin key through. It is read from headers alone: addresses end up in other people's logs. */
export const requireAdmin =
  (deps: Deps): MiddlewareHandler<ControlPlaneEnv> =>
  async (c, next) => {
    // What methods a path has is in the public description; nothing is told by OPTIONS that is not.
    if (c.req.method === 'OPTIONS') return next()
    const refusal = await refusalOfStranger(deps, c.req.raw.headers)
    if (!refusal) return next()
    return refusal.kind === 'invalid-api-key' ? turnAway(c, deps, refusal) : refuse(c, refusal)
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

/** Lets the owner of a Tollgate key through and remembers who it is. */
export const requireKey =
  (deps: Deps): MiddlewareHandler<ControlPlaneEnv> =>
  async (c, next) => {
    if (c.req.method === 'OPTIONS') return next()
    const credential = readCredential(c.req.raw.headers, c.req.url)
    const principal = credential.ok ? await deps.authenticate(credential.value, addressOf(c)) : credential
    if (principal.ok) {
      c.set('principal', principal.value)
      return next()
    }
    const { error } = principal
    return error.kind === 'invalid-api-key' ? turnAway(c, deps, error) : refuse(c, error)
  }

const NO_ADMIN_KEY = fault(
  'invalid-api-key',
  'This path needs the admin key. Send it as "Authorization: Bearer <admin key>" or as "x-api-key".',
)
const WRONG_ADMIN_KEY = fault(
  'invalid-api-key',
  'This is not the admin key. It was printed at the first start, or is set as admin_key in the configuration.',
)

/** What a 401 asks for, as RFC 9110 has it. */
export const CHALLENGE = 'Bearer realm="Tollgate"'

const turnAway = (c: Ctx, deps: Deps, error: GatewayError): Response => {
  const admitted = deps.admitUnauthenticated(addressOf(c))
  if (!admitted.ok) return refuse(c, admitted.error)
  c.header('www-authenticate', CHALLENGE)
  return refuse(c, error)
}

const addressOf = (c: Ctx): string => c.env?.ip?.() ?? ''
