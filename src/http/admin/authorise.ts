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
    const credential = readCredential(c.req.raw.headers, '')
    if (!credential.ok && credential.error.kind === 'invalid-request') return refuse(c, credential.error)
    if (!credential.ok || credential.value === undefined) return turnAway(c, deps, NO_ADMIN_KEY)
    if (!(await deps.isAdmin(credential.value))) return turnAway(c, deps, WRONG_ADMIN_KEY)
    return next()
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

const turnAway = (c: Ctx, deps: Deps, error: GatewayError): Response => {
  const admitted = deps.admitUnauthenticated(addressOf(c))
  if (!admitted.ok) return refuse(c, admitted.error)
  c.header('www-authenticate', 'Bearer realm="Tollgate"')
  return refuse(c, error)
}

const addressOf = (c: Ctx): string => c.env?.ip?.() ?? ''
