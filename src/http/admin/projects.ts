import { createRoute, z } from '@hono/zod-openapi'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { NewProjectSchema, projectActs, ProjectChangesSchema, ProjectSchema } from './project-acts.ts'
import { ADMIN_ONLY, answer, body, failures, idParam } from './routes.ts'

const PARAMS = z.object({ id: idParam('project_01jd8m7r4h') })
const SHARED = { tags: ['Projects'], security: ADMIN_ONLY }

const createProject = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/projects',
  operationId: 'createProject',
  summary: 'Create a project',
  description: 'Keys made with its id as `project_id` share its budgets.',
  request: { body: body(NewProjectSchema) },
  responses: { 201: answer(ProjectSchema, 'The project as created.'), ...failures(400, 404, 413, 415) },
})

const listProjects = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/projects',
  operationId: 'listProjects',
  summary: 'List projects',
  request: {
    query: z.strictObject({ user_id: line(200).optional().openapi({ description: "Only this user's." }), ...PAGING }),
  },
  responses: { 200: answer(listingOf(ProjectSchema), 'A page of projects.'), ...failures(400) },
})

const getProject = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/projects/{id}',
  operationId: 'getProject',
  summary: 'Get a project',
  request: { params: PARAMS },
  responses: { 200: answer(ProjectSchema, 'The project.'), ...failures(404) },
})

const updateProject = createRoute({
  ...SHARED,
  method: 'patch',
  path: '/api/admin/projects/{id}',
  operationId: 'updateProject',
  summary: 'Change a project',
  description: 'Changes what is named and leaves the rest. `null` takes a budget away.',
  request: { params: PARAMS, body: body(ProjectChangesSchema) },
  responses: { 200: answer(ProjectSchema, 'The project as changed.'), ...failures(400, 404, 409, 413, 415) },
})

const archiveProject = createRoute({
  ...SHARED,
  method: 'delete',
  path: '/api/admin/projects/{id}',
  operationId: 'archiveProject',
  summary: 'End a project',
  description: 'Revokes its keys, for good. Its receipts stay. Ending it twice changes nothing.',
  request: { params: PARAMS },
  responses: { 200: answer(ProjectSchema, 'The project as ended.'), ...failures(404) },
})

/** Create, list, show, change and end under `/api/admin/projects`. */
export const registerProjects = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const acts = projectActs(deps)
  app.openapi(createProject, (c) => acts.create(c, c.req.valid('json')))
  app.openapi(listProjects, (c) => acts.list(c, pageOf(c.req.valid('query')), c.req.valid('query').user_id))
  app.openapi(getProject, (c) => acts.get(c, c.req.valid('param').id, undefined))
  app.openapi(updateProject, (c) => acts.update(c, c.req.valid('param').id, c.req.valid('json'), undefined))
  app.openapi(archiveProject, (c) => acts.archive(c, c.req.valid('param').id, undefined))
}
