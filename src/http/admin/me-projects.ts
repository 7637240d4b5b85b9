import { createRoute, z } from '@hono/zod-openapi'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { NewProjectSchema, projectActs, ProjectChangesSchema, ProjectSchema } from './project-acts.ts'
import { refuse } from './refusal.ts'
import { answer, body, failures, idParam, KEY_OWNER } from './routes.ts'

const PARAMS = z.object({ id: idParam('project_01jd8m7r4h') })
const SHARED = { tags: ['Me'], security: KEY_OWNER }
const NewMyProjectSchema = NewProjectSchema.omit({ user_id: true }).strict().openapi('NewMyProject')

const createMyProject = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/me/projects',
  operationId: 'createMyProject',
  summary: 'Create a project of the organisation',
  description: 'Keys made with its id as `project_id` share its budgets. Needs a role that manages keys.',
  request: { body: body(NewMyProjectSchema) },
  responses: { 201: answer(ProjectSchema, 'The project as created.'), ...failures(400, 403, 413, 415) },
})

const listMyProjects = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/projects',
  operationId: 'listMyProjects',
  summary: "List the organisation's projects",
  request: { query: z.strictObject({ ...PAGING, key: KEY_IN_QUERY }) },
  responses: { 200: answer(listingOf(ProjectSchema), 'A page of projects.'), ...failures(400, 403) },
})

const getMyProject = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/projects/{id}',
  operationId: 'getMyProject',
  summary: "Get one of the organisation's projects",
  request: { params: PARAMS },
  responses: { 200: answer(ProjectSchema, 'The project.'), ...failures(403, 404) },
})

const updateMyProject = createRoute({
  ...SHARED,
  method: 'patch',
  path: '/api/me/projects/{id}',
  operationId: 'updateMyProject',
  summary: "Change one of the organisation's projects",
  description: 'Changes what is named and leaves the rest. `null` takes a budget away.',
  request: { params: PARAMS, body: body(ProjectChangesSchema) },
  responses: { 200: answer(ProjectSchema, 'The project as changed.'), ...failures(400, 403, 404, 409, 413, 415) },
})

const archiveMyProject = createRoute({
  ...SHARED,
  method: 'delete',
  path: '/api/me/projects/{id}',
  operationId: 'archiveMyProject',
  summary: "End one of the organisation's projects",
  description: 'Revokes its keys, for good. Its receipts stay. Ending it twice changes nothing.',
  request: { params: PARAMS },
  responses: { 200: answer(ProjectSchema, 'The project as ended.'), ...failures(403, 404) },
})

/** Create, list, show, change and end under `/api/me/projects`: those of the caller's organisation. */
export const registerMyProjects = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const acts = projectActs(deps)

  app.openapi(createMyProject, (c) => {
    const caller = requirePermission(c, 'keys')
    if (!caller.ok) return refuse(c, caller.error)
    return acts.create(c, { ...c.req.valid('json'), user_id: caller.value.userId })
  })

  app.openapi(listMyProjects, (c) => {
    const caller = requirePermission(c, 'read')
    return caller.ok ? acts.list(c, pageOf(c.req.valid('query')), caller.value.userId) : refuse(c, caller.error)
  })

  app.openapi(getMyProject, (c) => {
    const caller = requirePermission(c, 'read')
    return caller.ok ? acts.get(c, c.req.valid('param').id, caller.value.userId) : refuse(c, caller.error)
  })

  app.openapi(updateMyProject, (c) => {
    const caller = requirePermission(c, 'keys')
    if (!caller.ok) return refuse(c, caller.error)
    return acts.update(c, c.req.valid('param').id, c.req.valid('json'), caller.value.userId)
  })

  app.openapi(archiveMyProject, (c) => {
    const caller = requirePermission(c, 'keys')
    return caller.ok ? acts.archive(c, c.req.valid('param').id, caller.value.userId) : refuse(c, caller.error)
  })
}
