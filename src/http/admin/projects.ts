import { createRoute, z } from '@hono/zod-openapi'
import type { ProjectRecord } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import {
  BUDGET_USD_FIELD,
  BUDGETS_FIELD,
  BudgetsSchema,
  budgetsFrom,
  changesBudgets,
  renderBudgets,
  TotalBudgetSchema,
} from './budget-fields.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME } from './routes.ts'
import { findUser } from './users.ts'

const ProjectSchema = z
  .object({
    id: z.string().openapi({ example: 'project_01jd8m7r4h' }),
    name: z.string().openapi({ example: 'search' }),
    user_id: z.string().nullable().openapi({ description: "Only this user's keys may be of it; null: anyone's." }),
    budget_usd: TotalBudgetSchema,
    budgets: BudgetsSchema,
    created_at: TIME,
    archived_at: TIME.nullable().openapi({ example: null }),
  })
  .openapi('Project')

const NAME = line(200).openapi({ description: 'For people to tell projects apart.', example: 'search' })

const NewProjectSchema = z
  .strictObject({
    name: NAME,
    user_id: line(200).nullish().openapi({ description: "Only this user's keys may be of it." }),
    budget_usd: BUDGET_USD_FIELD,
    budgets: BUDGETS_FIELD,
  })
  .openapi('NewProject')

const ProjectChangesSchema = z
  .strictObject({ name: NAME.optional(), budget_usd: BUDGET_USD_FIELD, budgets: BUDGETS_FIELD })
  .openapi('ProjectChanges')

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
  const { store } = deps

  app.openapi(createProject, async (c) => {
    const wanted = c.req.valid('json')
    const userId = wanted.user_id ?? null
    const user = userId === null ? undefined : await findUser(store, userId, 'user_id')
    if (user && !user.ok) return refuse(c, user.error)
    const project = await store.projects.create({ name: wanted.name, userId, budgets: budgetsFrom(wanted) })
    return c.json(renderProject(project), 201)
  })

  app.openapi(listProjects, async (c) => {
    const query = c.req.valid('query')
    const { rows, nextCursor } = await store.projects.list({ userId: query.user_id }, pageOf(query))
    return c.json({ data: rows.map(renderProject), next_cursor: nextCursor }, 200)
  })

  app.openapi(getProject, async (c) => {
    const { id } = c.req.valid('param')
    const project = await store.projects.find(id)
    return project ? c.json(renderProject(project), 200) : refuse(c, notFound('project', id, 'id'))
  })

  app.openapi(updateProject, async (c) => {
    const { id } = c.req.valid('param')
    const wanted = c.req.valid('json')
    const before = await store.projects.find(id)
    if (!before) return refuse(c, notFound('project', id, 'id'))
    if (before.archivedAtMs !== null) return refuse(c, fault('state-conflict', `The project ${id} has ended.`))
    const changed = await store.projects.update(id, {
      ...(wanted.name !== undefined && { name: wanted.name }),
      ...(changesBudgets(wanted) && { budgets: (budgets: ProjectRecord['budgets']) => budgetsFrom(wanted, budgets) }),
    })
    if (!changed) return refuse(c, notFound('project', id, 'id'))
    await deps.invalidateProject(id)
    return c.json(renderProject(changed), 200)
  })

  app.openapi(archiveProject, async (c) => {
    const { id } = c.req.valid('param')
    const project = await store.projects.archive(id)
    if (!project) return refuse(c, notFound('project', id, 'id'))
    await deps.invalidateProject(id)
    return c.json(renderProject(project), 200)
  })
}

const renderProject = (project: ProjectRecord) => ({
  id: project.id,
  name: project.name,
  user_id: project.userId,
  ...renderBudgets(project.budgets),
  created_at: new Date(project.createdAtMs).toISOString(),
  archived_at: project.archivedAtMs === null ? null : new Date(project.archivedAtMs).toISOString(),
})
