import { createRoute, z } from '@hono/zod-openapi'
import { MemberSchema, renderMember } from './organisations-members.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { listingOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, failures, idParam } from './routes.ts'
import { findUser } from './users.ts'

const UserMemberSchema = MemberSchema.extend({
  email_verified: z.boolean(),
  administrator: z.boolean(),
  disabled: z.boolean(),
}).openapi('UserMember')

const listMembers = createRoute({
  method: 'get',
  path: '/api/admin/users/{id}/members',
  operationId: 'listUserMembers',
  tags: ['Users'],
  summary: 'List the people who act for a user',
  security: ADMIN_ONLY,
  request: { params: z.object({ id: idParam('user_01jd8m3q7x') }) },
  responses: { 200: answer(listingOf(UserMemberSchema), 'All of them, the first to join first.'), ...failures(404) },
})

/** `GET /api/admin/users/{id}/members`. */
export const registerUserMembers = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(listMembers, async (c) => {
    const user = await findUser(deps.store, c.req.valid('param').id, 'id')
    if (!user.ok) return refuse(c, user.error)
    const members = await deps.store.members.list(user.value.id)
    const data = members.map((member) => {
      const { emailVerified, administrator, disabled } = member.person
      return { ...renderMember(member), email_verified: emailVerified, administrator, disabled }
    })
    return c.json({ data, next_cursor: null }, 200)
  })
}
