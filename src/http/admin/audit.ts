import type { Context, MiddlewareHandler } from 'hono'
import type { AuditStore } from '../../db/people-types.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneEnv } from './deps.ts'

/** What was done, to what. */
export interface Act {
  /** As the call is named: `createUser`, `adjustBalance`. */
  readonly action: string
  /** An id. */
  readonly subject?: string | null
  /** JSON values; amounts may be whole numbers. Nothing secret: whoever may read the log reads them. */
  readonly before?: unknown
  readonly after?: unknown
  readonly reason?: string | null
  /** The organisation it concerns, where that is not the caller's. */
  readonly userId?: string | null
}

type Ctx = Context<ControlPlaneEnv>
/** Where it is written down. */
export interface AuditDeps {
  readonly store: { readonly audit: Pick<AuditStore, 'add'> }
  readonly nowMs: () => number
}

/**
 * Writes down what was done, by whom, from where. To be called once it was done, before it is answered. It is a write of its
 * own: where the process ends or the database fails between the two, what was done stands, and the caller gets no answer or
 * an error.
 */
export const audit = async (deps: AuditDeps, c: Ctx, act: Act): Promise<void> => {
  c.set('isAudited', true)
  await deps.store.audit.add({
    atMs: deps.nowMs(),
    actor: actorOf(c),
    actorName: c.get('actorName') ?? null,
    address: c.env?.ip?.() ?? '',
    userId: act.userId ?? c.get('caller')?.userId ?? null,
    action: act.action,
    subject: act.subject ?? null,
    before: act.before ?? null,
    after: act.after ?? null,
    reason: act.reason ?? null,
    requestId: c.get('requestId'),
  })
}

/**
 * Writes down every call that changed something and did not do so itself: which, and of what, without what was sent. No call
 * that was answered with success is missing from the log; one that was not answered may be: see `audit`.
 */
export const auditRest =
  (app: ControlPlaneApp, deps: AuditDeps): MiddlewareHandler<ControlPlaneEnv> =>
  async (c, next) => {
    await next()
    if (SAFE.has(c.req.method) || c.res.status >= 400 || c.get('isAudited')) return
    const route = routesOf(app).find(({ method, matches }) => method === c.req.method && matches(c.req.path))
    if (!route || UNTOLD.has(route.action)) return
    await audit(deps, c, { action: route.action, subject: route.subjectIn(c.req.path) ?? (await idIn(c.res)) })
  }

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Calls that only look, although they are made by `POST`. */
const UNTOLD: ReadonlySet<string> = new Set(['previewPrice', 'tryRules'])

/** Of what was made. */
const idIn = async (response: Response): Promise<string | null> => {
  if (response.status !== 201 || !response.headers.get('content-type')?.startsWith('application/json')) return null
  const made = (await response.clone().json()) as { readonly id?: unknown } | null
  return typeof made?.id === 'string' ? made.id : null
}

interface Route {
  readonly method: string
  readonly action: string
  readonly matches: (path: string) => boolean
  readonly subjectIn: (path: string) => string | undefined
}

const known = new WeakMap<ControlPlaneApp, readonly Route[]>()

/** Read from the description, once it is whole: routes are registered before the first request. */
const routesOf = (app: ControlPlaneApp): readonly Route[] => {
  const routes = known.get(app) ?? app.openAPIRegistry.definitions.flatMap(toRoute)
  known.set(app, routes)
  return routes
}

const toRoute = (definition: ControlPlaneApp['openAPIRegistry']['definitions'][number]): readonly Route[] => {
  if (definition.type !== 'route') return []
  const { method, path, operationId } = definition.route
  const pattern = new RegExp(`^${path.replace(/\{[^}]+\}/g, '([^/]+)')}$`)
  return [
    {
      method: method.toUpperCase(),
      action: operationId ?? `${method.toUpperCase()} ${path}`,
      matches: (asked) => pattern.test(asked),
      subjectIn: (asked) => pattern.exec(asked)?.slice(1).map(decoded).join('/') || undefined,
    },
  ]
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
