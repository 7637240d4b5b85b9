import { z } from '@hono/zod-openapi'
import { type Note, noteOf } from '../../config/fields.ts'
import { identifier, modelName } from '../../config/schema-words.ts'
import { TIME } from './routes.ts'

/// Entries of the configuration as the API takes and shows them: described by the one schema that reads the file.

/** Fields of a section of the configuration, described. What they may hold is checked with the whole configuration. */
export const fieldsOf = (section: z.ZodType, without: readonly string[] = []): Record<string, z.ZodType> => {
  const note = noteOf(section)
  if (note.shape !== 'section') throw new Error('only a section has fields')
  return Object.fromEntries(
    Object.entries(note.fields)
      .filter(([name]) => !without.includes(name))
      .map(([name, field]) => [name, z.unknown().openapi(describe(noteOf(field)) as object)]),
  )
}

/** The same, each of which may be left out. */
export const optionalFieldsOf = (section: z.ZodType, without: readonly string[] = []): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(fieldsOf(section, without)).map(([name, field]) => [name, field.optional()]))

/** As JSON Schema has it. */
type Description = Readonly<Record<string, unknown>>

const describe = (note: Note): Description => ({ ...jsonSchemaOf(note), description: note.description })

const jsonSchemaOf = (note: Note): Description => {
  switch (note.shape) {
    case 'scalar':
      return note.values.length > 0
        ? { type: typesOf(note), enum: note.nullable ? [...note.values, null] : [...note.values] }
        : { type: typesOf(note) }
    case 'list':
      return {
        type: note.default === 'null' ? ['array', 'null'] : 'array',
        items: describe(noteOf(note.of)),
      }
    case 'mapping':
      return { type: 'object', additionalProperties: describe(noteOf(note.of)) }
    case 'section':
      return {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(note.fields).map(([name, field]) => [name, describe(noteOf(field))]),
        ),
      }
  }
}

type Types = ('string' | 'integer' | 'boolean' | 'null')[]

const typesOf = (note: Extract<Note, { shape: 'scalar' }>): Types => {
  const type = /whole number/.test(note.type) ? 'integer' : /^`true`/.test(note.type) ? 'boolean' : 'string'
  return note.nullable ? [type, 'null'] : [type]
}

/** Where an entry comes from, and which state of it this is. */
export const PROVENANCE = {
  source: z.enum(['file', 'environment', 'implied', 'api']).openapi({
    description:
      'Only what was set through the API can be changed through it. `file`: the configuration file; `environment`: a ' +
      "vendor's variable; `implied`: it is there by itself.",
    example: 'api',
  }),
  version: z.number().int().nullable().openapi({
    description: 'Counts up with each change; null: not set through the API.',
    example: 1,
  }),
  created_at: TIME.nullable(),
  updated_at: TIME.nullable(),
  updated_by: z.string().nullable().openapi({
    description: 'With which credential: admin_key or command_line.',
    example: 'admin_key',
  }),
}

/** What `PROVENANCE` describes. */
export const provenanceOf = (
  record:
    | {
        readonly version: number
        readonly createdAtMs: number
        readonly updatedAtMs: number
        readonly updatedBy: string
      }
    | undefined,
) => ({
  version: record?.version ?? null,
  created_at: record ? new Date(record.createdAtMs).toISOString() : null,
  updated_at: record ? new Date(record.updatedAtMs).toISOString() : null,
  updated_by: record?.updatedBy ?? null,
})

const named = ({ pattern, type }: { readonly pattern: RegExp; readonly type: string }, example: string) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is required' : `must be ${type}`) })
    .regex(pattern, `must be ${type}`)
    .openapi({ type: 'string', description: 'Its name, which stays.', example })

/** What a new entry is called. */
export const identifierField = (example: string) => named(identifier, example)
export const modelNameField = (example: string) => named(modelName, example)

/** The version that a change was made of. */
export const VERSION_FIELD = z
  .number({ error: () => 'must be a whole number above 0' })
  .int('must be a whole number above 0')
  .min(1, 'must be a whole number above 0')
  .optional()
  .openapi({
    description: 'Of the state you read: refused with 409 where it has changed since. As `If-Match`.',
    example: 1,
  })

/** The same of a header: `"3"`. What is not of ours matches nothing. */
export const versionIn = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const [, version] = /^(?:W\/)?"?(\d{1,15})"?$/.exec(ifMatch.trim()) ?? []
  return version === undefined ? -1 : Number(version)
}
