import type { z } from '@hono/zod-openapi'
import { fault, type GatewayError } from '../../errors.ts'
import type { KeyRecord } from '../../keys/types.ts'
import { err, ok, type Result } from '../../result.ts'
import { budgetsFrom, renderBudgets } from './budget-fields.ts'
import type { ControlPlaneDeps } from './deps.ts'
import { type KeyChangesSchema, renderKey } from './key-schemas.ts'
import { notFound } from './routes.ts'

type Deps = Pick<ControlPlaneDeps, 'store' | 'facts'>

/** What members of every organisation may make keys of. */
const GROUP_FOR_ALL = 'default'
const KEYS_AT_ONCE = 1_000
const LIMITS = ['rpm', 'tpm', 'itpm', 'otpm', 'concurrency'] as const
type Limits = Partial<Pick<KeyRecord, (typeof LIMITS)[number]>>

/**
 * The groups that members may make keys of: `default`, and those that an administrator gave the organisation a key of that
 * is not revoked. Keys that members made count for nothing: a group could never be taken back. Which channels there are for whom, and at what factor, is not for customers to choose.
 */
export const groupsOf = async ({ store, facts }: Deps, userId: string): Promise<readonly string[]> => {
  const given = new Set<string>([GROUP_FOR_ALL])
  let cursor: string | undefined
  do {
    const { rows, nextCursor } = await store.keys.list({ userId }, { limit: KEYS_AT_ONCE, cursor })
    for (const { group, revokedAtMs, madeBy } of rows)
      if (revokedAtMs === null && madeBy === 'operator') given.add(group)
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
  return facts.groupNames.filter((name) => given.has(name))
}

/** What a member wants of a key that no administrator looks at. */
export interface WantedByMember {
  readonly group?: string | null | undefined
  readonly project_id?: string | null | undefined
}

/** Whether members may have such a key: no more than their organisation may. */
export const mayHave = async (
  deps: Deps,
  userId: string,
  wanted: WantedByMember & { readonly [Name in keyof Limits]?: Limits[Name] | undefined },
): Promise<Result<undefined, GatewayError>> => {
  const { group, project_id: projectId } = wanted
  if (group && group !== GROUP_FOR_ALL) {
    const groups = await groupsOf(deps, userId)
    const issue = `must be one of ${groups.join(', ')}`
    if (!groups.includes(group))
      return err(
        fault('invalid-request', `There is no group "${group}" for you; group ${issue}.`, { param: 'group', issue }),
      )
  }
  if (projectId) {
    // Any other text would be a label that somebody else's keys may have too, and what is kept is shared by it.
    const project = await deps.store.projects.find(projectId)
    if (project?.userId !== userId) return err(notFound('project', projectId, 'project_id'))
  }
  const above = await limitAbove(deps, userId, wanted)
  return above ? err(above) : ok(undefined)
}

/**
 * Whether members may change a key so; `undefined`: it is one of their own, of which other things decide. Of an operator's
 * key they may send everything, as forms do, and change the name.
 */
export const mayChange = (
  key: KeyRecord,
  { name: _, ...wanted }: Omit<z.infer<typeof KeyChangesSchema>, 'labels'>,
): Result<undefined, GatewayError> | undefined => {
  if (key.madeBy === 'member') return undefined
  const { budget_usd, budgets, expires_at: expiresAtMs, ...plain } = wanted
  const shown: Readonly<Record<string, unknown>> = renderKey(key, 0)
  const spending = [budgetsFrom({ budget_usd, budgets }, key.budgets), budgetsFrom({}, key.budgets)]
  const [after, before] = spending.map((rules) => JSON.stringify(renderBudgets(rules)))
  const changed = [
    ...Object.entries(plain)
      .filter(([field, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(shown[field]))
      .map(([field]) => field),
    ...(after === before ? [] : ['budgets']),
    ...(expiresAtMs === undefined || expiresAtMs === key.expiresAtMs ? [] : ['expires_at']),
  ]
  const [param] = changed
  return param === undefined ? ok(undefined) : err({ ...SET_BY_OPERATOR, param })
}

const SET_BY_OPERATOR = fault(
  'role-not-allowed',
  'The operator made this key and set what it may do. You can rename, rotate and revoke it; ask the operator for the rest.',
)

/** A key's own limit goes before that of its plan: here it may only be a lower one. */
const limitAbove = async (
  { store, facts }: Deps,
  userId: string,
  wanted: { readonly [Name in keyof Limits]?: Limits[Name] | undefined },
): Promise<GatewayError | undefined> => {
  const named = LIMITS.filter((name) => typeof wanted[name] === 'number')
  if (named.length === 0) return undefined
  const user = await store.users.find(userId)
  const plan = user?.plan ? facts.plans.get(user.plan) : undefined
  for (const name of named) {
    const most = plan?.[name] ?? facts.limits?.perKey[name] ?? null
    if (most === null || (wanted[name] ?? 0) <= most) continue
    const issue = `must be at most ${most}, as your plan says`
    return fault('invalid-request', `${name} ${issue}.`, { param: name, issue })
  }
  return undefined
}
