import type { Context } from 'hono'
import { createRoute, z } from '@hono/zod-openapi'
import { isFound } from '../../db/queries/receipts-filter.ts'
import type { ReceiptFilter } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import type { ReceiptFeed } from '../live-feed.ts'
import { tailOf } from '../live-tail.ts'
import { actorOf, type Caller, requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { refuse } from './refusal.ts'
import { ADMIN_FILTERS, filterOf, REQUEST_FILTERS } from './requests-filter.ts'
import { ADMIN_ONLY, failures, KEY_OWNER, streamAnswer } from './routes.ts'

const DESCRIPTION =
  'Server-sent events: `receipt` with the receipt of each request that the filters find, as soon as it is settled (with ' +
  'several replicas, within about a second); `lost` with `{"count"}` when more came than could be read, null where nobody ' +
  'counted; `end` when the session, the role, the view or the key has ended, looked at every 15 s. A comment every 15 s keeps ' +
  'the connection open. How many one caller may have open is `request_log.tails` of the configuration, and an organisation ' +
  'at most a fifth of `tails_in_all`; one more is a 429.'

const followRequests = createRoute({
  method: 'get',
  path: '/api/admin/requests/live',
  operationId: 'followRequests',
  tags: ['Requests'],
  summary: 'Follow requests as they are settled',
  description: DESCRIPTION,
  security: ADMIN_ONLY,
  request: { query: z.strictObject({ ...REQUEST_FILTERS, ...ADMIN_FILTERS }) },
  responses: { 200: streamAnswer('Events, until the reader leaves.'), ...failures(400) },
})

const followMyRequests = createRoute({
  method: 'get',
  path: '/api/me/requests/live',
  operationId: 'followMyRequests',
  tags: ['Me'],
  summary: "Follow the account's requests as they are settled",
  description: DESCRIPTION,
  security: KEY_OWNER,
  request: { query: z.strictObject({ ...REQUEST_FILTERS, key: KEY_IN_QUERY }) },
  responses: { 200: streamAnswer('Events, until the reader leaves.'), ...failures(400, 403) },
})

/** Lets a caller in: of an organisation, or, where there is none, an administrator who follows everybody's. */
type Enter = (caller: string, organisation: string | undefined) => Result<() => void, GatewayError>

/** What is followed, and by how many. */
export interface LiveDeps {
  readonly feed: ReceiptFeed
  /** Lets one more follow; the returned function ends it. */
  readonly enter: Enter
  /** Receipts that wait for a slow reader. */
  readonly bufferMax: number
  readonly keepAliveMs?: number
}

type Ctx = Context<ControlPlaneEnv>

/** `GET /api/admin/requests/live`. */
export const registerLive = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(followRequests, (c) => {
    if (isAsked(c, undefined)) return new Response(null, { status: 204 })
    const tail = follow(app, deps, c, filterOf(c.req.valid('query')), undefined)
    return tail.ok ? c.body(tail.value, 200, HEADERS) : refuse(c, tail.error)
  })
}

/** `GET /api/me/requests/live`. */
export const registerMyLive = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(followMyRequests, (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    if (isAsked(c, caller.value)) return new Response(null, { status: 204 })
    const { key: _, ...query } = c.req.valid('query')
    const filter = { ...filterOf(query), userId: caller.value.userId }
    const tail = follow(app, deps, c, filter, caller.value)
    return tail.ok ? c.body(tail.value, 200, HEADERS) : refuse(c, tail.error)
  })
}

/** Keeps proxies in between from gathering or storing what is said. */
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}
const KEEP_ALIVE_MS = 15_000

const follow = (
  app: ControlPlaneApp,
  { live }: ControlPlaneDeps,
  c: Ctx,
  filter: ReceiptFilter,
  caller: Caller | undefined,
): Result<ReadableStream<Uint8Array>, GatewayError> => {
  const entered = live.enter(actorOf(c), caller?.userId)
  if (!entered.ok) return entered
  const who = whoOf(c, caller)
  const stream = tailOf(
    {
      feed: live.feed,
      isWanted: (receipt) => isFound(filter, receipt),
      bufferMax: live.bufferMax,
      keepAliveMs: live.keepAliveMs ?? KEEP_ALIVE_MS,
      isStillAllowed: () => isLetIn(app, c, who),
      onEnd: entered.value,
    },
    c.req.raw.signal,
  )
  return ok(stream)
}

/** Who follows, for whom and how. Whoever is another person now, or looks at another organisation, is let in no more. */
const whoOf = (c: Ctx, caller: Caller | undefined): string =>
  JSON.stringify([actorOf(c), caller?.userId ?? null, caller?.readOnly ?? null])

/** Whether this is but the question of a live view, which is answered hereby. */
const isAsked = (c: Ctx, caller: Caller | undefined): boolean => {
  const tellWho = c.env?.tellWho
  tellWho?.(whoOf(c, caller))
  return tellWho !== undefined
}

/**
 * Whether who follows would be let in now, as the same one and to the same receipts: by the same ways as then, and not by
 * what was known then. So the very same request is made again.
 */
const isLetIn = async (app: ControlPlaneApp, c: Ctx, who: string): Promise<boolean> => {
  let told: string | undefined
  const tellWho = (now: string): void => {
    told = now
  }
  await app.fetch(new Request(c.req.url, { headers: c.req.raw.headers }), { ...c.env, tellWho })
  return told === who
}

/** The part of all that members and keys of one organisation may have open, and the part that is kept for administrators. */
const PARTS = { organisation: 5, kept: 10 }

/** How many follow, and of whom. */
export const createTails = (most: { readonly tails: number; readonly tailsInAll: number }): Enter => {
  const open = new Map<string, number>()
  const ofOrganisation = Math.max(most.tails, Math.floor(most.tailsInAll / PARTS.organisation))
  const ofOrganisations = most.tailsInAll - Math.floor(most.tailsInAll / PARTS.kept)
  const all = { of: 'all', most: most.tailsInAll }
  return (caller, organisation) => {
    const own = { of: `caller ${caller}`, most: most.tails }
    const counts =
      organisation === undefined
        ? [own, all]
        : [
            own,
            { of: `organisation ${organisation}`, most: ofOrganisation },
            { of: 'organisations', most: ofOrganisations },
            all,
          ]
    if (counts.some((count) => (open.get(count.of) ?? 0) >= count.most)) return err(TOO_MANY)
    for (const { of } of counts) open.set(of, (open.get(of) ?? 0) + 1)
    return ok(() => {
      for (const { of } of counts) {
        const left = (open.get(of) ?? 1) - 1
        if (left > 0) open.set(of, left)
        else open.delete(of)
      }
    })
  }
}

const TOO_MANY = fault('rate-limit-exceeded', 'Too many live views of requests are open. Close one, then try again.', {
  retryAfterMs: 5_000,
})
