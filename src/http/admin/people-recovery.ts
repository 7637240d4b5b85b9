import { createRoute, z } from '@hono/zod-openapi'
import { handedResetMessage, secondFactorMessage } from '../../accounts/messages.ts'
import type { OpenSession } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { audit } from './audit.ts'
import { withoutEmptyBody } from './body.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { personOf } from './invitations.ts'
import { listingOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME } from './routes.ts'

const SessionSchema = z
  .object({
    id: z.string().openapi({ example: 'session_01jd8m3q7x' }),
    address: z.string().nullable().openapi({ description: 'From which it was opened.', example: '203.0.113.7' }),
    user_agent: z.string().nullable(),
    created_at: TIME,
    last_used_at: TIME.openapi({ description: 'To within ten minutes.' }),
    expires_at: TIME,
  })
  .openapi('PersonSession')

const LinkSchema = z
  .object({
    url: z.string().nullable().openapi({ description: 'The link. It is shown this once; null: it was sent.' }),
    sent: z.boolean().openapi({ description: 'It goes to the address of the person by mail.' }),
    expires_at: TIME,
  })
  .openapi('ResetLink')

const SHARED = { tags: ['People'], security: ADMIN_ONLY }
const ID = idParam('person_01jd8m3q7x')
const PARAMS = z.object({ id: ID })
const PATH = '/api/admin/people/{id}'
const REASON = z.strictObject({
  reason: line(500).optional().openapi({ description: 'For those who ask later.' }),
})

const createLink = createRoute({
  ...SHARED,
  method: 'post',
  path: `${PATH}/reset-link`,
  operationId: 'createResetLink',
  summary: 'Make a link to a new password',
  description:
    'To be handed to the person: whoever has it can sign in as them, unless a second factor is asked for. It counts once. ' +
    'With `send` it is sent to them, and shown to nobody else; a 409 where no mail is configured.',
  middleware: withoutEmptyBody,
  request: {
    params: PARAMS,
    body: {
      ...body(
        REASON.extend({ send: z.boolean({ error: 'must be true or false' }).optional() }).openapi('NewResetLink'),
      ),
      required: false,
    },
  },
  responses: { 201: answer(LinkSchema, 'The link. It is shown this once.'), ...failures(400, 404, 409, 413, 415) },
})

const resetFactor = createRoute({
  ...SHARED,
  method: 'delete',
  path: `${PATH}/second-factor`,
  operationId: 'resetSecondFactor',
  summary: 'Ask somebody for no second factor any more',
  description: 'For those who lost their app and their backup codes. They are told, and may set up another.',
  request: { params: PARAMS },
  responses: { 204: { description: 'The password alone lets them in.' }, ...failures(404) },
})

const listSessions = createRoute({
  ...SHARED,
  method: 'get',
  path: `${PATH}/sessions`,
  operationId: 'listSessionsOfPerson',
  summary: 'List where somebody is signed in',
  request: { params: PARAMS },
  responses: { 200: answer(listingOf(SessionSchema), 'The last 200, used last first.'), ...failures(404) },
})

const endSessions = createRoute({
  ...SHARED,
  method: 'delete',
  path: `${PATH}/sessions`,
  operationId: 'endSessionsOfPerson',
  summary: 'Sign somebody out everywhere',
  request: { params: PARAMS },
  responses: { 204: { description: 'They have to sign in again.' }, ...failures(404) },
})

const endSession = createRoute({
  ...SHARED,
  method: 'delete',
  path: `${PATH}/sessions/{session_id}`,
  operationId: 'endSessionOfPerson',
  summary: 'End one session of somebody',
  request: { params: z.object({ id: ID, session_id: idParam('session_01jd8m3q7x') }) },
  responses: { 204: { description: 'It has ended.' }, ...failures(404) },
})

/** What administrators do for people who cannot sign in, or should not: below `/api/admin/people/{id}`. */
export const registerPeopleRecovery = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { people } = deps.store
  registerLink(app, deps)

  app.openapi(resetFactor, async (c) => {
    const { id } = c.req.valid('param')
    const person = await people.find(id)
    if (!person) return refuse(c, notFound('person', id, 'id'))
    await people.resetSecondFactor(id)
    if (person.twoFactor) deps.accounts.write(secondFactorMessage(deps.facts.publicUrl, person))
    const states = { before: { email: person.email, two_factor: person.twoFactor }, after: { two_factor: false } }
    await audit(deps, c, { action: 'resetSecondFactor', subject: id, ...states })
    return c.body(null, 204)
  })

  app.openapi(listSessions, async (c) => {
    const { id } = c.req.valid('param')
    if (!(await people.find(id))) return refuse(c, notFound('person', id, 'id'))
    return c.json({ data: (await people.sessionsOf(id)).map(renderSession), next_cursor: null }, 200)
  })

  app.openapi(endSessions, async (c) => {
    const { id } = c.req.valid('param')
    const person = await people.find(id)
    if (!person) return refuse(c, notFound('person', id, 'id'))
    const ended = await people.endSessions(id)
    await audit(deps, c, { action: 'endSessionsOfPerson', subject: id, after: { email: person.email, ended } })
    return c.body(null, 204)
  })

  app.openapi(endSession, async (c) => {
    const { id, session_id: sessionId } = c.req.valid('param')
    const person = await people.find(id)
    if (!person) return refuse(c, notFound('person', id, 'id'))
    if ((await people.endSessions(id, sessionId)) === 0) return refuse(c, notFound('session', sessionId, 'session_id'))
    const after = { email: person.email, session_id: sessionId }
    await audit(deps, c, { action: 'endSessionOfPerson', subject: id, after })
    return c.body(null, 204)
  })
}

const registerLink = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { accounts, store, facts } = deps
  app.openapi(createLink, async (c) => {
    const { id } = c.req.valid('param')
    const { send = false, reason = null } = c.req.valid('json')
    const person = await store.people.find(id)
    if (!person) return refuse(c, notFound('person', id, 'id'))
    if (send && !accounts.sendsMail) return refuse(c, NO_MAIL)
    const { url, expiresAtMs } = await accounts.resetLink(id, personOf(c))
    const sent = send && accounts.write(handedResetMessage(facts.publicUrl, person, url))
    await audit(deps, c, { action: 'createResetLink', subject: id, after: { email: person.email, sent }, reason })
    return c.json({ url: sent ? null : url, sent, expires_at: new Date(expiresAtMs).toISOString() }, 201)
  })
}

const NO_MAIL = fault('state-conflict', 'No mail is configured here: leave `send` out, and hand the link over.')

const renderSession = (session: OpenSession): z.infer<typeof SessionSchema> => ({
  id: session.id,
  address: session.address,
  user_agent: session.userAgent,
  created_at: new Date(session.createdAtMs).toISOString(),
  last_used_at: new Date(session.updatedAtMs).toISOString(),
  expires_at: new Date(session.expiresAtMs).toISOString(),
})
