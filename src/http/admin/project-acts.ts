import type { Context } from 'hono'
import { z } from '@hono/zod-openapi'
import type { Page, ProjectRecord } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { audit } from './audit.ts'
import { changes } from './audit-changes.ts'
import {
  BUDGET_USD_FIELD,
  BUDGETS_FIELD,
  BudgetsSchema,
  budgetsFrom,
  changesBudgets,
  renderBudgets,
  TotalBudgetSchema,
} from './budget-fields.ts'
import type { ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { line } from './fields.ts'
import type { Owner } from './key-acts.ts'
import { refuse } from './refusal.ts'
import { notFound, TIME } from './routes.ts'
import { findUser } from './users.ts'

export const ProjectSchema = z
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

export const NewProjectSchema = z
  .strictObject({
    name: NAME,
    user_id: line(200).nullish().openapi({ description: "Only this user's keys may be of it." }),
    budget_usd: BUDGET_USD_FIELD,
    budgets: BUDGETS_FIELD,
  })
  .openapi('NewProject')

export const ProjectChangesSchema = z
  .strictObject({ name: NAME.optional(), budget_usd: BUDGET_USD_FIELD, budgets: BUDGETS_FIELD })
  .openapi('ProjectChanges')

type Ctx = Context<ControlPlaneEnv>

/** What may be done with projects, wherever it is asked for. Projects of others than the owner are as absent as none. */
export const projectActs = (deps: ControlPlaneDeps) => {
  const { store } = deps
  const owned = async (id: string, owner: Owner): Promise<ProjectRecord | undefined> => {
    const project = await store.projects.find(id)
    return project && (owner === undefined || project.userId === owner) ? project : undefined
  }
  const absent = (c: Ctx, id: string) => refuse(c, notFound('project', id, 'id'))
  return {
    create: async (c: Ctx, wanted: z.infer<typeof NewProjectSchema>) => {
      const userId = wanted.user_id ?? null
      const user = userId === null ? undefined : await findUser(store, userId, 'user_id')
      if (user && !user.ok) return refuse(c, user.error)
      const project = await store.projects.create({ name: wanted.name, userId, budgets: budgetsFrom(wanted) })
      const shown = renderProject(project)
      await audit(deps, c, { action: 'createProject', subject: project.id, userId, after: shown })
      return c.json(shown, 201)
    },
    list: async (c: Ctx, page: Page, owner: Owner) => {
      const { rows, nextCursor } = await store.projects.list({ userId: owner }, page)
      return c.json({ data: rows.map(renderProject), next_cursor: nextCursor }, 200)
    },
    get: async (c: Ctx, id: string, owner: Owner) => {
      const project = await owned(id, owner)
      return project ? c.json(renderProject(project), 200) : absent(c, id)
    },
    update: async (c: Ctx, id: string, wanted: z.infer<typeof ProjectChangesSchema>, owner: Owner) => {
      const before = await owned(id, owner)
      if (!before) return absent(c, id)
      if (before.archivedAtMs !== null) return refuse(c, fault('state-conflict', `The project ${id} has ended.`))
      const changed = await store.projects.update(id, {
        ...(wanted.name !== undefined && { name: wanted.name }),
        ...(changesBudgets(wanted) && {
          budgets: (budgets: ProjectRecord['budgets']) => budgetsFrom(wanted, budgets),
        }),
      })
      if (!changed) return absent(c, id)
      await deps.invalidateProject(id)
      const states = changes(renderProject(before), renderProject(changed))
      await audit(deps, c, { action: 'updateProject', subject: id, userId: changed.userId, ...states })
      return c.json(renderProject(changed), 200)
    },
    archive: async (c: Ctx, id: string, owner: Owner) => {
      const before = await owned(id, owner)
      const project = before && (await store.projects.archive(id))
      if (!project) return absent(c, id)
      await deps.invalidateProject(id)
      const { userId, name } = project
      await audit(deps, c, { action: 'archiveProject', subject: id, userId, before: { name } })
      return c.json(renderProject(project), 200)
    },
  }
}

const renderProject = (project: ProjectRecord) => ({
  id: project.id,
  name: project.name,
  user_id: project.userId,
  ...renderBudgets(project.budgets),
  created_at: new Date(project.createdAtMs).toISOString(),
  archived_at: project.archivedAtMs === null ? null : new Date(project.archivedAtMs).toISOString(),
})
