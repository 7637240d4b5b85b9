import { createRoute, z } from '@hono/zod-openapi'
import { fault } from '../../errors.ts'
import { audit } from './audit.ts'
import { withoutEmptyBody } from './body.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam } from './routes.ts'
import { openView } from './session.ts'
import { findUser } from './users.ts'

const ViewSchema = z
  .object({
    impersonating: z.object({
      user_id: z.string().openapi({ example: 'user_01jd8m3q7x' }),
      email: z.string().openapi({ example: 'ada@example.com' }),
    }),
  })
  .openapi('Impersonation')

const impersonate = createRoute({
  method: 'post',
  path: '/api/admin/users/{id}/impersonate',
  operationId: 'impersonateUser',
  tags: ['Users'],
  summary: "Look at a user's organisation as its members see it",
  description:
    'Sets a cookie by which this browser reads `/api/me` and `/api/organisations` as that organisation, and may change ' +
    'nothing there. `GET /api/session` says so in `impersonating`; `DELETE /api/session/impersonation` ends it, and it ends ' +
    'by itself. Who began it, when and why stands in the audit log, which the organisation sees. For browsers that are ' +
    'signed in: a bare admin key is a 409.',
  security: ADMIN_ONLY,
  middleware: withoutEmptyBody,
  request: {
    params: z.object({ id: idParam('user_01jd8m3q7x') }),
    body: {
      ...body(
        z
          .strictObject({ reason: line(500).optional().openapi({ example: 'Ticket 4711' }) })
          .openapi('ImpersonationReason'),
      ),
      required: false,
    },
  },
  responses: { 200: answer(ViewSchema, 'What is looked at from now on.'), ...failures(400, 404, 409, 413, 415) },
})

/** `POST /api/admin/users/{id}/impersonate`. */
export const registerImpersonate = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(impersonate, async (c) => {
    const user = await findUser(deps.store, c.req.valid('param').id, 'id')
    if (!user.ok) return refuse(c, user.error)
    const { id, email } = user.value
    if (!(await openView(deps, c, id))) return refuse(c, NO_BROWSER)
    const { reason = null } = c.req.valid('json')
    await audit(deps, c, { action: 'impersonateUser', subject: id, userId: id, reason })
    return c.json({ impersonating: { user_id: id, email } }, 200)
  })
}

const NO_BROWSER = fault(
  'state-conflict',
  'This call sets a cookie for a browser: sign in to the console, or enter the admin key there, and call it from it.',
)
