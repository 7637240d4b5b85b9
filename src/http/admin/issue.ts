import type { z } from '@hono/zod-openapi'
import { fault, type GatewayError } from '../../errors.ts'
import type { KeyRecord } from '../../keys/types.ts'
import { err, ok, type Result } from '../../result.ts'
import type { ControlPlaneDeps } from './deps.ts'
import { type CreatedKeySchema, keyState, type NewKeySchema, renderKey, type RotatedKeySchema } from './key-schemas.ts'
import { notFound } from './routes.ts'
import { findUser } from './users.ts'

const GROUP_DEFAULT = 'default'

type CreatedKey = z.infer<typeof CreatedKeySchema>
type RotatedKey = z.infer<typeof RotatedKeySchema>

/** Makes a key for a user, checked against what is configured. The answer holds the secret, this once. */
export const issueKey = async (
  deps: ControlPlaneDeps,
  wanted: z.infer<typeof NewKeySchema>,
): Promise<Result<CreatedKey, GatewayError>> => {
  const group = wanted.group ?? GROUP_DEFAULT
  const nowMs = deps.nowMs()
  const wrong = wrongGroup(group, deps.facts.groupNames) ?? pastExpiry(wanted.expires_at ?? null, nowMs)
  if (wrong) return err(wrong)
  const user = await findUser(deps.store, wanted.user_id, 'user_id')
  if (!user.ok) return user
  const { secret, hash, prefix } = deps.newSecret()
  const record = {
    userId: user.value.id,
    projectId: wanted.project_id ?? null,
    name: wanted.name,
    group,
    prefix,
    models: wanted.models ?? null,
    ipAllow: wanted.ip_allow ?? null,
    scopes: wanted.scopes ?? [],
    rpm: wanted.rpm ?? null,
    tpm: wanted.tpm ?? null,
    budget: wanted.budget_usd ?? null,
    expiresAtMs: wanted.expires_at ?? null,
  }
  return ok({ ...renderKey(await deps.store.keys.create(record, hash), nowMs), key: secret })
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
  if (keyState(before, nowMs) !== 'active') return err(notActive(before, nowMs))
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

const notActive = (key: KeyRecord, nowMs: number): GatewayError =>
  fault('state-conflict', `The key ${key.id} is ${keyState(key, nowMs)} and cannot be rotated. Create a new one.`)
