import { z } from '@hono/zod-openapi'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { type ObjectKindSpec, registerObjects } from './object-routes.ts'
import { modelNameField, PROVENANCE, provenanceOf } from './object-schemas.ts'

/** `/api/admin/aliases`, and `/api/admin/retired`: names of models. */
export const registerAliases = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  registerObjects(app, deps, {
    ...nameOf('model', 'The model that is meant.'),
    kind: 'alias',
    path: 'aliases',
    type: 'Alias',
    plural: 'Aliases',
    one: 'an alias',
    many: 'aliases',
    example: 'aiproxy/sonnet',
    idField: modelNameField('aiproxy/sonnet'),
    schema: schemaWith('model', 'The model that is meant.', 'aiproxy/sonnet').openapi('Alias', {
      description: 'Another name for a model.',
    }),
  })
  registerObjects(app, deps, {
    ...nameOf('successor', 'The model to use instead.'),
    kind: 'retired',
    path: 'retired',
    type: 'RetiredName',
    plural: 'RetiredNames',
    one: 'a retired name',
    many: 'retired names',
    example: 'house/sonnet-3',
    idField: modelNameField('house/sonnet-3'),
    schema: schemaWith('successor', 'The model to use instead.', 'house/sonnet-3').openapi('RetiredName', {
      description: 'A model that is gone. Whoever asks for it is told of its successor.',
    }),
  })
}

const schemaWith = (field: string, description: string, example: string) =>
  z.object({
    id: z.string().openapi({ example }),
    [field]: z.string().openapi({ description, example: 'claude-sonnet-4-6' }),
    ...PROVENANCE,
  })

/** In the file such an entry is a name and a model, and nothing else. */
const nameOf = (
  field: 'model' | 'successor',
  description: string,
): Pick<ObjectKindSpec, 'tag' | 'fields' | 'render' | 'bodyOf' | 'fieldOf'> => ({
  tag: 'Names',
  fields: { [field]: line(4_096).openapi({ description, example: 'claude-sonnet-4-6' }) },
  render: ({ id, source, body, record }) => ({ id, [field]: String(body), source, ...provenanceOf(record) }),
  bodyOf: (sent, before) => sent[field] ?? before,
  fieldOf: (inEntry) => inEntry || field,
})
