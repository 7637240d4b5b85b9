import { createRoute, z } from '@hono/zod-openapi'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { emailField, line } from './fields.ts'
import { InvitationSchema, invite, MadeInvitationSchema, renderInvitation } from './invitations.ts'
import { roleField } from './organisations-members.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound } from './routes.ts'
import { findUser } from './users.ts'

const NewSchema = z
  .strictObject({
    email: emailField.nullish().openapi({ description: 'Who may accept it; left out: whoever has the link.' }),
    user_id: line(200)
      .nullish()
      .openapi({ description: 'A user that is there, to hand it over; else an account of one’s own.' }),
    role: roleField.optional().openapi({ description: 'In that; owner when left out.' }),
  })
  .openapi('NewInvitationOfOperator')

const SHARED = { tags: ['People'], security: ADMIN_ONLY }
const PATH = '/api/admin/invitations'

const list = createRoute({
  ...SHARED,
  method: 'get',
  path: PATH,
  operationId: 'listOperatorInvitations',
  summary: 'List invitations to open an account',
  request: { query: z.strictObject(PAGING) },
  responses: { 200: answer(listingOf(InvitationSchema), 'A page of those that are open.'), ...failures(400) },
})

const create = createRoute({
  ...SHARED,
  method: 'post',
  path: PATH,
  operationId: 'createOperatorInvitation',
  summary: 'Invite somebody',
  description: 'To open an account, where `accounts.sign_up` is `invited`; or to the account of a user that is there.',
  request: { body: body(NewSchema) },
  responses: { 201: answer(MadeInvitationSchema, 'The invitation, with its link.'), ...failures(400, 404, 413, 415) },
})

const remove = createRoute({
  ...SHARED,
  method: 'delete',
  path: `${PATH}/{id}`,
  operationId: 'removeOperatorInvitation',
  summary: 'Take such an invitation back',
  request: { params: z.object({ id: idParam('invitation_01jd8m3q7x') }) },
  responses: { 204: { description: 'It counts no more.' }, ...failures(404) },
})

/** `/api/admin/invitations`. */
export const registerOperatorInvitations = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { store } = deps
  app.openapi(list, async (c) => {
    const { rows, nextCursor } = await store.invitations.list(null, pageOf(c.req.valid('query')))
    return c.json({ data: rows.map(renderInvitation), next_cursor: nextCursor }, 200)
  })

  app.openapi(create, async (c) => {
    const { email = null, user_id: userId = null, role = 'owner' } = c.req.valid('json')
    const user = userId === null ? undefined : await findUser(store, userId, 'user_id')
    if (user && !user.ok) return refuse(c, user.error)
    const organisation = userId === null ? undefined : await store.members.findOrganisation(userId)
    const wanted = { userId, email, role: userId === null ? null : role }
    const made = await invite(deps, c, wanted, organisation?.name ?? null, true)
    return made.ok ? c.json(made.value, 201) : refuse(c, made.error)
  })

  app.openapi(remove, async (c) => {
    const { id } = c.req.valid('param')
    if (!(await store.invitations.remove(null, id))) return refuse(c, notFound('invitation', id, 'id'))
    return c.body(null, 204)
  })
}
