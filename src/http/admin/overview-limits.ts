import { createRoute, z } from '@hono/zod-openapi'
import type { Config } from '../../config/load.ts'
import {
  type BudgetRule,
  BUDGET_WINDOWS,
  budgetsOf,
  keySubject,
  projectSubject,
  windowEndMs,
} from '../../ledger/budgets.ts'
import { formatUsd } from '../../units.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { oneOf } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { ADMIN_ONLY, answer, failures, TIME, USD } from './routes.ts'

/** Limits of the configuration, by what they are put on. */
export type LimitFacts = Pick<Config['limits'], 'perIp' | 'perKey' | 'perUser' | 'perProject' | 'models'> &
  Pick<Config, 'groups' | 'plans'>

export const limitFactsOf = ({ limits, groups, plans }: Pick<Config, 'limits' | 'groups' | 'plans'>): LimitFacts => ({
  ...limits,
  groups,
  plans,
})

const KINDS = [
  'address',
  'every_key',
  'every_user',
  'every_project',
  'model',
  'group',
  'plan',
  'project',
  'key',
] as const
type Kind = (typeof KINDS)[number]

const CEILING = z.number().int().nullable().openapi({ example: null })
const LimitSchema = z
  .object({
    kind: z.enum(KINDS).openapi({ description: 'What it is put on. `every_key`: on each that has none of its own.' }),
    id: z.string().nullable().openapi({ description: 'Of the model, group, plan, project or key.' }),
    name: z.string().nullable(),
    user_id: z.string().nullable(),
    rpm: CEILING,
    tpm: CEILING,
    itpm: CEILING,
    otpm: CEILING,
    concurrency: CEILING,
    budgets: z.array(
      z.object({
        window: z.enum(BUDGET_WINDOWS),
        limit_usd: USD,
        spent_usd: USD.nullable().openapi({ description: 'null: not known before a request asks.' }),
        held_usd: USD.nullable(),
        resets_at: TIME.nullable(),
      }),
    ),
  })
  .openapi('Limit')
type Limit = z.infer<typeof LimitSchema>

const listLimits = createRoute({
  method: 'get',
  path: '/api/admin/limits',
  operationId: 'listLimits',
  tags: ['Configuration'],
  summary: 'List every limit there is',
  description:
    'First those of the configuration, all on the first page; then projects and keys that have some of their own, newest ' +
    'first. null: no limit there.',
  security: ADMIN_ONLY,
  request: { query: z.strictObject({ ...PAGING, kind: oneOf(KINDS).optional() }) },
  responses: { 200: answer(listingOf(LimitSchema), 'A page of limits.'), ...failures(400) },
})

/** `GET /api/admin/limits`. */
export const registerLimits = (app: ControlPlaneApp, deps: ControlPlaneDeps, facts: LimitFacts): void => {
  app.openapi(listLimits, async (c) => {
    const query = c.req.valid('query')
    const { kind } = query
    const isWanted = (wanted: Kind): boolean => kind === undefined || kind === wanted
    const { part, cursor } = placeOf(query.cursor)
    let page = { ...pageOf(query), cursor }
    const found = part === undefined ? configuredLimits(facts).filter((limit) => isWanted(limit.kind)) : []
    if (isWanted('project') && part !== 'key') {
      const { rows, nextCursor } = await deps.store.overview.limited('projects', page)
      const projects = await Promise.all(rows.map((id) => projectLimit(deps, id)))
      found.push(...projects.flat())
      if (nextCursor !== null) return c.json({ data: found, next_cursor: `project:${nextCursor}` }, 200)
      // Keys fill the page up: to say that there is more would be wrong where there are none.
      page = { limit: page.limit - rows.length, cursor: undefined }
    }
    if (!isWanted('key')) return c.json({ data: found, next_cursor: null }, 200)
    if (page.limit === 0) return c.json({ data: found, next_cursor: 'key:' }, 200)
    const { rows, nextCursor } = await deps.store.overview.limited('keys', page)
    const keys = await Promise.all(rows.map((id) => keyLimit(deps, id)))
    const next = nextCursor === null ? null : `key:${nextCursor}`
    return c.json({ data: [...found, ...keys.flat()], next_cursor: next }, 200)
  })
}

/** Which list a page goes on with, and where in it. */
const placeOf = (cursor: string | undefined) => {
  const [, part, rest] = /^(project|key):(.*)$/.exec(cursor ?? '') ?? []
  return { part, cursor: rest === '' ? undefined : rest }
}

interface Ceilings {
  readonly rpm?: number | null
  readonly tpm?: number | null
  readonly itpm?: number | null
  readonly otpm?: number | null
  readonly concurrency?: number | null
}

const limitOf = (kind: Kind, id: string | null, limits: Ceilings, more: Partial<Limit> = {}): Limit => ({
  kind,
  id,
  name: null,
  user_id: null,
  rpm: limits.rpm ?? null,
  tpm: limits.tpm ?? null,
  itpm: limits.itpm ?? null,
  otpm: limits.otpm ?? null,
  concurrency: limits.concurrency ?? null,
  budgets: [],
  ...more,
})

const configuredLimits = ({
  perIp,
  perKey,
  perUser,
  perProject,
  models,
  groups,
  plans,
}: LimitFacts): readonly Limit[] => [
  limitOf('address', null, perIp),
  limitOf('every_key', null, perKey),
  limitOf('every_user', null, perUser),
  limitOf('every_project', null, perProject),
  ...[...models].map(([id, limits]) => limitOf('model', id, limits)),
  ...[...groups].map(([id, { limits }]) => limitOf('group', id, limits)),
  ...[...plans].map(([id, plan]) => limitOf('plan', id, plan)),
]

const projectLimit = async (deps: ControlPlaneDeps, id: string): Promise<readonly Limit[]> => {
  const project = await deps.store.projects.find(id)
  if (!project) return []
  const { name, userId, budgets } = project
  const spent = await budgetsShown(deps, projectSubject(id), budgets)
  return [limitOf('project', id, {}, { name, user_id: userId, budgets: spent })]
}

const keyLimit = async (deps: ControlPlaneDeps, id: string): Promise<readonly Limit[]> => {
  const key = await deps.store.keys.find(id)
  if (!key) return []
  const spent = await budgetsShown(deps, keySubject(id), key.budgets)
  return [limitOf('key', id, key, { name: key.name, user_id: key.userId, budgets: spent })]
}

const budgetsShown = async (
  { store, nowMs }: ControlPlaneDeps,
  subject: string,
  rules: readonly BudgetRule[],
): Promise<Limit['budgets']> => {
  const atMs = nowMs()
  const spends = await store.spends.read(budgetsOf(subject, rules), atMs)
  return rules.map(({ window, limit }, index) => {
    const [spend, endMs] = [spends[index], windowEndMs(window, atMs)]
    return {
      window,
      limit_usd: formatUsd(limit),
      spent_usd: spend ? formatUsd(spend.spent) : null,
      held_usd: spend ? formatUsd(spend.held) : null,
      resets_at: endMs === undefined ? null : new Date(endMs).toISOString(),
    }
  })
}
