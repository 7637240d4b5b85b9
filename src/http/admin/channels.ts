import { z } from '@hono/zod-openapi'
import { shownEntry } from '../../config/administered.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { registerObjects } from './object-routes.ts'
import { fieldsOf, identifierField, PROVENANCE, provenanceOf } from './object-schemas.ts'
import { schemaOf } from './objects.ts'

/** `/api/admin/channels`. */
export const registerChannels = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const entry = schemaOf(deps.administration.base(), 'channel')
  const fields = fieldsOf(entry, ['id'])
  registerObjects(app, deps, {
    kind: 'channel',
    path: 'channels',
    tag: 'Channels',
    type: 'Channel',
    plural: 'Channels',
    one: 'a channel',
    many: 'channels',
    example: 'kiro-2',
    idField: identifierField('kiro-2'),
    fields: optional(fields, ['provider']),
    schema: z
      .object({ id: z.string().openapi({ example: 'kiro-2' }), ...fields, ...PROVENANCE })
      .openapi('Channel', { description: 'A provider offering some models to some groups.' }),
    render: ({ id, source, body, record }) => ({
      ...(shownEntry(entry, body) as object),
      id,
      source,
      ...provenanceOf(record),
    }),
    notes: {
      list:
        'Where the file has no `channels`, each provider has one by itself, until another is made for it: `source` is ' +
        '`implied`.',
    },
  })
}

/** All but some may be left out. */
const optional = (
  fields: Readonly<Record<string, z.ZodType>>,
  required: readonly string[],
): Record<string, z.ZodType> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, required.includes(name) ? field : field.optional()]),
  )
