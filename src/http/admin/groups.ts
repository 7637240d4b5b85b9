import { z } from '@hono/zod-openapi'
import { shownEntry } from '../../config/administered.ts'
import { fault } from '../../errors.ts'
import { ok } from '../../result.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { registerObjects } from './object-routes.ts'
import { fieldsOf, identifierField, optionalFieldsOf, PROVENANCE, provenanceOf } from './object-schemas.ts'
import { refused, schemaOf } from './objects.ts'

/** `/api/admin/groups`: groups with their rules. */
export const registerGroups = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const entry = schemaOf(deps.administration.base(), 'group')
  registerObjects(app, deps, {
    kind: 'group',
    path: 'groups',
    tag: 'Groups',
    type: 'Group',
    plural: 'Groups',
    one: 'a group',
    many: 'groups',
    example: 'kiro',
    idField: identifierField('kiro'),
    fields: optionalFieldsOf(entry),
    schema: z
      .object({ id: z.string().openapi({ example: 'kiro' }), ...fieldsOf(entry), ...PROVENANCE })
      .openapi('Group', {
        description: 'Which channels a key may use, at what multiple of the price, and by which rules.',
      }),
    render: ({ id, source, body, record }) => ({
      id,
      ...(shownEntry(entry, body ?? {}) as object),
      source,
      ...provenanceOf(record),
    }),
    mayRemove: async (id, countUses) => {
      const keys = id === 'default' ? 0 : await countUses('group', id)
      if (keys === 0) return ok(undefined)
      return refused(fault('state-conflict', `The group ${id} is used: ${keys} keys are of it. Revoke them first.`))
    },
    notes: {
      create: '`default` is always there; one of that name takes its place.',
      remove: 'Keys that are of it refer to it, unless they are revoked.',
    },
  })
}
