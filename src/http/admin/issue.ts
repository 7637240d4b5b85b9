import type { z } from '@hono/zod-openapi'
import { fault, type GatewayError } from '../../errors.ts'
import type { Store } from '../../db/types.ts'
import type { KeyMaker, KeyRecord } from '../../keys/types.ts'
import { err, ok, type Result } from '../../result.ts'
import { budgetsFrom, changesBudgets } from './budget-fields.ts'
import type { ControlPlaneDeps } from './deps.ts'
import {
  type CreatedKeySchema,
  type KeyChangesSchema,
  keyState,
  type NewKeySchema,
  renderKey,
  type RotatedKeySchema,
} from './key-schemas.ts'
import { notFound } from './routes.ts'
import { findUser } from './users.ts'

const GROUP_DEFAULT = 'default'

type CreatedKey = z.infer<typeof CreatedKeySchema>
type RotatedKey = z.infer<typeof RotatedKeySchema>

/** Makes a key for a user, checked against what is configured. The answer holds the secret, this once. */
export const issueKey = async (
  deps: ControlPlaneDeps,
  wanted: z.infer<typeof NewKeySchema>,
  madeBy: KeyMaker,
): Promise<Result<CreatedKey, GatewayError>> => {
  const group = wanted.group ?? GROUP_DEFAULT
  const nowMs = deps.nowMs()
  const wrong = wrongGroup(group, deps.facts.groupNames) ?? pastExpiry(wanted.expires_at ?? null, nowMs)
  if (wrong) return err(wrong)
  const user = await findUser(deps.store, wanted.user_id, 'user_id')
  if (!user.ok) return user
  const project = await usableProject(deps.store, wanted.project_id ?? null, user.value.id)
  if (!project.ok) return project
  const { secret, hash, prefix } = deps.newSecret()
  const record = {
    userId: user.value.id,
    projectId: project.value,
    name: wanted.name,
    group,
    prefix,
    models: wanted.models ?? null,
    ipAllow: wanted.ip_allow ?? null,
    scopes: wanted.scopes ?? [],
    labels: wanted.labels ?? [],
    rpm: wanted.rpm ?? null,
    tpm: wanted.tpm ?? null,
    itpm: wanted.itpm ?? null,
    otpm: wanted.otpm ?? null,
    concurrency: wanted.concurrency ?? null,
    budgets: budgetsFrom(wanted),
    expiresAtMs: wanted.expires_at ?? null,
    madeBy,
  }
  return ok({ ...renderKey(await deps.store.keys.create(record, hash), nowMs), key: secret })
}

/** Changes what is named of a key that was not revoked; `null` takes a limit away. */
export const changeKey = async (
  deps: ControlPlaneDeps,
  id: string,
  wanted: z.infer<typeof KeyChangesSchema>,
): Promise<Result<KeyRecord, GatewayError>> => {
  const before = await deps.store.keys.find(id)
  if (!before) return err(notFound('key', id, 'id'))
  if (before.revokedAtMs !== null) return err(notActive(before, deps.nowMs(), 'changed'))
  const wrong = pastExpiry(wanted.expires_at ?? null, deps.nowMs())
  if (wrong) return err(wrong)
  const changed = await deps.store.keys.update(id, {
    ...(wanted.name !== undefined && { name: wanted.name }),
    ...(wanted.models !== undefined && { models: wanted.models }),
    ...(wanted.rpm !== undefined && { rpm: wanted.rpm }),
    ...(wanted.tpm !== undefined && { tpm: wanted.tpm }),
    ...(wanted.itpm !== undefined && { itpm: wanted.itpm }),
    ...(wanted.otpm !== undefined && { otpm: wanted.otpm }),
    ...(wanted.concurrency !== undefined && { concurrency: wanted.concurrency }),
    ...(wanted.ip_allow !== undefined && { ipAllow: wanted.ip_allow }),
    ...(wanted.labels !== undefined && { labels: wanted.labels ?? [] }),
    ...(wanted.expires_at !== undefined && { expiresAtMs: wanted.expires_at }),
    ...(changesBudgets(wanted) && { budgets: (budgets: KeyRecord['budgets']) => budgetsFrom(wanted, budgets) }),
  })
  if (!changed) return err(notFound('key', id, 'id'))
  await deps.invalidateKey(id)
  return ok(changed)
}

/** Gives an active key a new secret and ends the old one after `overlapMs`, at latest when the key expires. */
export const replaceSecret = async (
  deps: ControlPlaneDeps,
  id: string,
  overlapMs: number,
): Promise<Result<RotatedKey, GatewayError>> => {
  const nowMs = deps.nowMs()
  const before = await deps.store.keys.find(id)
  if (!before) return err(notFound('key', id, 'id'))
  if (keyState(before, nowMs) !== 'active') return err(notActive(before, nowMs, 'rotated'))
  const { secret, hash, prefix } = deps.newSecret()
  const oldValidUntilMs = Math.min(nowMs + overlapMs, before.expiresAtMs ?? Number.POSITIVE_INFINITY)
  const key = await deps.store.keys.rotate(id, hash, prefix, oldValidUntilMs)
  if (!key) return err(notFound('key', id, 'id'))
  await deps.invalidateKey(id)
  return ok({ ...renderKey(key, nowMs), key: secret, old_valid_until: new Date(oldValidUntilMs).toISOString() })
}

const wrongGroup = (group: string, known: readonly string[]): GatewayError | undefined => {
  if (known.includes(group)) return undefined
  const issue = `must be one of ${known.join(', ')}`
  return fault('invalid-request', `There is no group "${group}"; group ${issue}.`, { param: 'group', issue })
}

const pastExpiry = (expiresAtMs: number | null, nowMs: number): GatewayError | undefined => {
  if (expiresAtMs === null || expiresAtMs > nowMs) return undefined
  return fault('invalid-request', 'expires_at must be in the future.', {
    param: 'expires_at',
    issue: 'must be in the future',
  })
}

const notActive = (key: KeyRecord, nowMs: number, done: string): GatewayError =>
  fault('state-conflict', `The key ${key.id} is ${keyState(key, nowMs)} and cannot be ${done}. Create a new one.`)

/** As projects are numbered here. Any other text is a label of somebody's own. */
const PROJECT_ID = /^project_[0-9a-z]{26}$/

/** Whether a user's key may be of a project. A mistyped id would be a key without the project's budgets. */
const usableProject = async (
  store: Store,
  projectId: string | null,
  userId: string,
): Promise<Result<string | null, GatewayError>> => {
  if (projectId === null) return ok(null)
  const project = await store.projects.find(projectId)
  if (!project) return PROJECT_ID.test(projectId) ? err(notFound('project', projectId, 'project_id')) : ok(projectId)
  const invalid = (message: string) => err(fault('invalid-request', message, { param: 'project_id' }))
  if (project.archivedAtMs !== null) return invalid(`The project ${projectId} has ended. Name another.`)
  if (project.userId !== null && project.userId !== userId) {
    return invalid(`The project ${projectId} is of another user. Name one of this user's, or one that is anyone's.`)
  }
  return ok(projectId)
}
