import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { limitedAddress } from '../client-ip.ts'
import type { OrganisationRecord } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { readCookie, writeCookie } from '../../accounts/cookies.ts'
import { audit } from './audit.ts'
import type { ControlPlaneApp, ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { line } from './fields.ts'
import { refuse } from './refusal.ts'
import { answer, body, failures } from './routes.ts'
import { noteActor, readSignedIn, refusalOfForgery, type SignedIn } from './session-cookie.ts'

const PersonSchema = z
  .object({
    id: z.string().openapi({ example: 'person_01jd8m3q7x' }),
    email: z.string().openapi({ example: 'ada@example.com' }),
    name: z.string().openapi({ example: 'Ada Lovelace' }),
    email_verified: z.boolean(),
    two_factor: z.boolean(),
    administrator: z.boolean().openapi({ description: 'May do all that the admin key may.' }),
  })
  .openapi('SignedInPerson')

const SessionSchema = z
  .object({
    person: PersonSchema.nullable().openapi({ description: 'Who is signed in; null: nobody.' }),
    session_id: z
      .string()
      .nullable()
      .openapi({ description: 'Which of the sessions of `/api/auth/list-sessions` this is.' }),
    operator: z.boolean().openapi({ description: 'The admin key was entered in this browser.' }),
    impersonating: z
      .object({ user_id: z.string(), email: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: 'The organisation that is looked at, read-only.' }),
    organisations: z
      .array(z.object({ id: z.string(), name: z.string(), role: z.string() }))
      .openapi({ description: 'The first is meant where a call names none in `x-tollgate-organisation`.' }),
    sign_up: z.enum(['open', 'invited', 'closed']),
    mail: z
      .boolean()
      .openapi({ description: 'Whether messages are sent: addresses are proven, passwords reset by mail.' }),
    oidc: z.array(z.object({ id: z.string(), name: z.string() })),
    version: z.string(),
    public_url: z.string(),
  })
  .openapi('Session')

const TAGS = ['Sessions']

const getSession = createRoute({
  method: 'get',
  path: '/api/session',
  operationId: 'getSession',
  tags: TAGS,
  summary: 'Say who is signed in',
  description: 'By the cookies of the browser. Answers 200 to nobody, too.',
  responses: { 200: answer(SessionSchema, 'Who is signed in, and how one signs in here.'), ...failures() },
})

const openOperator = createRoute({
  method: 'post',
  path: '/api/session/admin-key',
  operationId: 'enterAdminKey',
  tags: TAGS,
  summary: 'Remember the admin key in this browser',
  description: 'Sets a cookie by which this browser may call what the admin key may. Counts as an attempt to sign in.',
  request: { body: body(z.strictObject({ admin_key: line(512) }).openapi('AdminKey')) },
  responses: { 200: answer(SessionSchema, 'The session as it is now.'), ...failures(400, 403, 413, 415) },
})

const DONE = { 204: { description: 'Done.' } }

const closeSession = createRoute({
  method: 'delete',
  path: '/api/session',
  operationId: 'signOut',
  tags: TAGS,
  summary: 'Sign out of everything',
  description: 'Ends the session of the person, of the operator, and what is looked at.',
  responses: { ...DONE, ...failures(403) },
})

const closeView = createRoute({
  method: 'delete',
  path: '/api/session/impersonation',
  operationId: 'endImpersonation',
  tags: TAGS,
  summary: 'Stop looking at somebody else’s organisation',
  responses: { ...DONE, ...failures(403) },
})

type Ctx = Context<ControlPlaneEnv>

/** `GET`, `DELETE /api/session`, `POST /api/session/admin-key`, `DELETE /api/session/impersonation`. */
export const registerSession = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(getSession, async (c) => {
    const signedIn = await readSignedIn(deps, c)
    await prolong(deps, c, signedIn)
    return c.json(await render(deps, c, signedIn), 200)
  })

  app.openapi(openOperator, async (c) => {
    const forged = refusalOfForgery(c, deps.facts.publicUrl)
    if (forged) return refuse(c, forged)
    const address = limitedAddress(c.env?.ip?.() ?? '')
    const admitted = await deps.admitAttempt(`sign-in:${address}`, deps.accounts.perAddress)
    if (!admitted.ok) return refuse(c, admitted.error)
    if (!(await deps.isAdmin(c.req.valid('json').admin_key))) {
      await auditWrongKey(deps, c)
      return refuse(c, WRONG_KEY)
    }
    const session = { kind: 'operator', actor: deps.actor, userId: null, proof: deps.adminProof } as const
    c.header('set-cookie', await deps.accounts.openOperatorSession(session), { append: true })
    c.set('actor', deps.actor)
    await audit(deps, c, { action: 'enterAdminKey' })
    return c.json(await render(deps, c, { ...(await readSignedIn(deps, c)), operator: true }), 200)
  })

  app.openapi(closeSession, async (c) => {
    const forged = refusalOfForgery(c, deps.facts.publicUrl)
    if (forged) return refuse(c, forged)
    const signedIn = await readSignedIn(deps, c)
    await signOut(deps, c)
    noteActor(c, signedIn, deps)
    await auditEndOfView(deps, c, signedIn)
    if (signedIn.session || signedIn.operator) await audit(deps, c, { action: 'signOut' })
    return c.body(null, 204)
  })

  app.openapi(closeView, async (c) => {
    const forged = refusalOfForgery(c, deps.facts.publicUrl)
    if (forged) return refuse(c, forged)
    const signedIn = await readSignedIn(deps, c)
    for (const cookie of await deps.accounts.closeOperatorSession(c.req.header('cookie') ?? null, 'view'))
      c.header('set-cookie', cookie, { append: true })
    noteActor(c, signedIn, deps)
    await auditEndOfView(deps, c, signedIn)
    return c.body(null, 204)
  })
}

/** So many in a minute from all addresses together: nobody may fill the log, from which nothing is deleted. */
const WRONG_KEYS_NOTED = 30

const auditWrongKey = async (deps: ControlPlaneDeps, c: Ctx): Promise<void> => {
  if (!(await deps.admitAttempt('wrong-admin-key', WRONG_KEYS_NOTED)).ok) return
  noteActor(c, { session: undefined, operator: false, view: undefined }, deps)
  await audit(deps, c, { action: 'refuseAdminKey' })
}

const auditEndOfView = async (deps: ControlPlaneDeps, c: Ctx, { view }: SignedIn): Promise<void> => {
  if (view?.userId) await audit(deps, c, { action: 'endImpersonation', subject: view.userId, userId: view.userId })
}

/** Begins to look at an organisation as its members see it, changing nothing. For administrators alone. */
export const openView = async (deps: ControlPlaneDeps, c: Ctx, userId: string): Promise<boolean> => {
  const signedIn = await readSignedIn(deps, c)
  const { session, operator } = signedIn
  // A bare admin key has no browser to look with.
  if (!session?.person.administrator && !operator) return false
  noteActor(c, session?.person.administrator ? signedIn : { ...signedIn, session: undefined }, deps)
  const actor = session?.person.administrator ? session.person.id : deps.actor
  c.header('set-cookie', await deps.accounts.openOperatorSession({ kind: 'view', actor, userId, proof: null }), {
    append: true,
  })
  return true
}

const WRONG_KEY = fault('invalid-api-key', 'This is not the admin key. It was printed at the first start.')

/** Sessions say when they were used last, to within this; a write for each would be one for every page. */
const RENEW_MS = 600_000

/** A session that is used goes on, unless it was to end with the browser. */
const prolong = async ({ accounts, store, nowMs }: ControlPlaneDeps, c: Ctx, { session }: SignedIn): Promise<void> => {
  const cookie = c.req.header('cookie') ?? null
  const value = readCookie(cookie, accounts.cookies.session)
  if (!session || value === undefined || session.updatedAtMs > nowMs() - RENEW_MS) return
  if (readCookie(cookie, accounts.cookies.dontRemember) !== undefined)
    return store.people.extendSession(session.id, session.expiresAtMs)
  await store.people.extendSession(session.id, nowMs() + accounts.sessionMs)
  const written = writeCookie(accounts.cookies.session, value, accounts.isSecure, accounts.sessionMs)
  c.header('set-cookie', written, { append: true })
}

const signOut = async ({ accounts }: ControlPlaneDeps, c: Ctx): Promise<void> => {
  const cookie = c.req.header('cookie') ?? null
  if (readCookie(cookie, accounts.cookies.session) !== undefined) {
    const common = { search: '', cookie, userAgent: null, address: '', invitation: undefined }
    const answered = await accounts.call({ ...common, method: 'POST', path: '/sign-out', body: '{}' })
    for (const written of answered.headers.getSetCookie()) c.header('set-cookie', written, { append: true })
  }
  for (const kind of ['operator', 'view'] as const)
    for (const written of await accounts.closeOperatorSession(cookie, kind))
      c.header('set-cookie', written, { append: true })
}

const render = async (deps: ControlPlaneDeps, c: Ctx, { session, operator, view }: SignedIn) => {
  const { accounts, store, facts } = deps
  const memberships = session ? await store.members.ofPerson(session.person.id) : []
  const viewed = view?.userId ? await store.members.findOrganisation(view.userId) : undefined
  return {
    person: session ? renderPerson(session.person) : null,
    session_id: session?.id ?? null,
    operator,
    impersonating: viewed ? { user_id: viewed.id, email: viewed.email, name: nameOf(deps, viewed) } : null,
    organisations: [
      ...memberships.map(({ organisation, role }) => ({ id: organisation.id, name: organisation.name, role })),
      ...(operator ? [{ id: deps.operatorUserId, name: OPERATOR, role: 'owner' }] : []),
    ],
    sign_up: accounts.signUp,
    mail: accounts.sendsMail,
    oidc: [...accounts.oidc],
    version: facts.version,
    public_url: facts.isUrlGuessed === true ? new URL(c.req.url).origin : facts.publicUrl,
  }
}

const OPERATOR = 'Operator'

const nameOf = ({ operatorUserId }: ControlPlaneDeps, { id, name }: OrganisationRecord): string =>
  id === operatorUserId ? OPERATOR : name

const renderPerson = (person: NonNullable<SignedIn['session']>['person']): z.infer<typeof PersonSchema> => ({
  id: person.id,
  email: person.email,
  name: person.name,
  email_verified: person.emailVerified,
  two_factor: person.twoFactor,
  administrator: person.administrator,
})
