import type { Context } from 'hono'
import type { z } from '@hono/zod-openapi'
import type { Page } from '../../db/types.ts'
import type { GatewayError } from '../../errors.ts'
import type { KeyMaker, KeyRecord } from '../../keys/types.ts'
import { err, ok, type Result } from '../../result.ts'
import { audit } from './audit.ts'
import { changes } from './audit-changes.ts'
import type { ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { changeKey, issueKey, replaceSecret } from './issue.ts'
import {
  type KeyChangesSchema,
  type NewKeySchema,
  OVERLAP_DEFAULT_MS,
  renderKey,
  type RotationSchema,
} from './key-schemas.ts'
import { refuse } from './refusal.ts'
import { notFound } from './routes.ts'

type Ctx = Context<ControlPlaneEnv>

/** Whose keys: one organisation's. `undefined`: everybody's, for administrators. */
export type Owner = string | undefined

/** What may be done with keys, wherever it is asked for. Keys of others than the owner are as absent as none. */
export const keyActs = (deps: ControlPlaneDeps) => {
  const owned = async (id: string, owner: Owner): Promise<Result<KeyRecord, GatewayError>> => {
    const key = await deps.store.keys.find(id)
    return key && (owner === undefined || key.userId === owner) ? ok(key) : err(notFound('key', id, 'id'))
  }
  const show = (key: KeyRecord) => renderKey(key, deps.nowMs())
  return {
    owned,
    create: async (c: Ctx, wanted: z.infer<typeof NewKeySchema>, madeBy: KeyMaker) => {
      const created = await issueKey(deps, wanted, madeBy)
      if (!created.ok) return refuse(c, created.error)
      const { key: _, ...shown } = created.value
      await audit(deps, c, { action: 'createKey', subject: shown.id, userId: shown.user_id, after: shown })
      return c.json(created.value, 201)
    },
    list: async (c: Ctx, page: Page, owner: Owner) => {
      const { rows, nextCursor } = await deps.store.keys.list({ userId: owner }, page)
      return c.json({ data: rows.map(show), next_cursor: nextCursor }, 200)
    },
    get: async (c: Ctx, id: string, owner: Owner) => {
      const key = await owned(id, owner)
      return key.ok ? c.json(show(key.value), 200) : refuse(c, key.error)
    },
    update: async (c: Ctx, id: string, wanted: z.infer<typeof KeyChangesSchema>, owner: Owner) => {
      const before = await owned(id, owner)
      if (!before.ok) return refuse(c, before.error)
      const changed = await changeKey(deps, id, wanted)
      if (!changed.ok) return refuse(c, changed.error)
      const shown = show(changed.value)
      const states = changes(show(before.value), shown)
      await audit(deps, c, { action: 'updateKey', subject: id, userId: shown.user_id, ...states })
      return c.json(shown, 200)
    },
    revoke: async (c: Ctx, id: string, owner: Owner) => {
      const before = await owned(id, owner)
      const key = before.ok ? await deps.store.keys.revoke(id) : undefined
      if (!key) return refuse(c, notFound('key', id, 'id'))
      await deps.invalidateKey(id)
      await audit(deps, c, { action: 'revokeKey', subject: id, userId: key.userId, before: { name: key.name } })
      return c.json(show(key), 200)
    },
    rotate: async (c: Ctx, id: string, { overlap }: z.infer<typeof RotationSchema>, owner: Owner) => {
      const before = await owned(id, owner)
      if (!before.ok) return refuse(c, before.error)
      const rotated = await replaceSecret(deps, id, overlap ?? OVERLAP_DEFAULT_MS)
      if (!rotated.ok) return refuse(c, rotated.error)
      const { user_id: userId, old_valid_until } = rotated.value
      await audit(deps, c, { action: 'rotateKey', subject: id, userId, after: { old_valid_until } })
      return c.json(rotated.value, 200)
    },
  }
}
