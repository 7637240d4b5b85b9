import type { z } from 'zod'
import { type Note, noteOf } from './fields.ts'

const INTRODUCTION = `# Configuration

<!-- Made from the schema by \`npm run docs\`. Change src/config/schema.ts instead. -->

Tollgate reads one YAML or JSON file: the one named by \`--config\` or \`TOLLGATE_CONFIG\`, else \`tollgate.yaml\`,
\`tollgate.yml\` or \`tollgate.json\` in the directory it is started from, else none. Everything has a default. Paths in it
are relative to that directory. \`npx tollgate check-config\` names every mistake, each with its place; with mistakes
nothing starts, and the exit code is 78.

- **Environment variables** stand in any text as \`\${NAME}\`, or \`\${NAME:-default}\` for when it is not set or empty. \`$\${\`
  is a plain \`\${\`. One that is not set and has no default is a mistake.
- **Overrides.** Every single value can be replaced by the variable in the last column, where \`<ID>\` is the name of an
  entry in capitals with \`_\` for everything but letters and digits, and \`<N>\` a position in a list, from 0. Entries are not
  added this way. Empty variables count as not set. \`--host\` and \`--port\` go above both.
- **Without \`providers\`**, the key of a vendor in the environment enables its provider, at the address that vendor's SDK
  would use (\`OPENAI_BASE_URL\` and the like). Without any key, a built-in \`demo\` provider answers. The variables:
  %KEYS%.
- **Durations** are \`15m\`, \`120s\`, \`500ms\`, \`2h\`, \`1d\` or a number of milliseconds. **Sizes** are \`50MB\`, \`16MiB\` or a number
  of bytes. **Amounts and multipliers** are decimals in quotes, read exactly.
`

interface Row {
  readonly path: string
  readonly note: Note
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const code = (text: string): string => `\`${text}\``

const typeOf = (note: Note): string => {
  if (note.shape === 'scalar')
    return note.nullable && note.label !== '`null`' ? `${note.label}, or \`null\`` : note.label
  if (note.shape === 'list') return `list: ${scalarTypeOf(note.of)}`
  if (note.shape === 'mapping') return `${note.key} → ${scalarTypeOf(note.of)}`
  return 'section'
}
const scalarTypeOf = (schema: z.ZodType): string => typeOf(noteOf(schema))

const defaultOf = (note: Note): string => {
  if (note.shape === 'scalar') return note.default === undefined ? 'required' : code(note.default)
  if (note.shape === 'list') return code(note.default)
  return code('{}')
}

const variableOfRow = ({ path, note }: Row): string => {
  const step = note.shape === 'list' ? '_<N>' : note.shape === 'mapping' ? '_<NAME>' : ''
  const name = path.replaceAll('[n]', '.<n>').replaceAll('.', '_').toUpperCase()
  return code(`TOLLGATE_${name}${step}`)
}

const table = (rows: readonly Row[]): string =>
  [
    '| key | value | default | what it is | override |',
    '|---|---|---|---|---|',
    ...rows.map((row) => {
      const name = row.path.slice(row.path.lastIndexOf('.') + 1)
      const cells = [
        code(name),
        cell(typeOf(row.note)),
        cell(defaultOf(row.note)),
        cell(row.note.description),
        variableOfRow(row),
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ].join('\n')

/** What stands under a heading of its own: sections, and lists and mappings of sections. */
const innerOf = (path: string, note: Note): { path: string; schema: z.ZodType } | undefined => {
  if (note.shape === 'mapping' && noteOf(note.of).shape === 'section')
    return { path: `${path}.<${note.key}>`, schema: note.of }
  if (note.shape === 'list' && noteOf(note.of).shape === 'section') return { path: `${path}[n]`, schema: note.of }
  return undefined
}

const chapter = (path: string, schema: z.ZodType, lead: readonly string[]): string[] => {
  const note = noteOf(schema)
  if (note.shape !== 'section') return []
  const rows: Row[] = []
  const later: string[] = []
  for (const [name, field] of Object.entries(note.fields)) {
    const at = path === '' ? name : `${path}.${name}`
    const fieldNote = noteOf(field)
    const inner = innerOf(at, fieldNote)
    if (fieldNote.shape === 'section') later.push(...chapter(at, field, [fieldNote.description]))
    else if (inner) later.push(...chapter(inner.path, inner.schema, [innerLead(inner.schema), fieldNote.description]))
    else rows.push({ path: at, note: fieldNote })
  }
  const heading = path === '' ? '## Top level' : `## \`${path}\``
  const own = rows.length > 0 ? [[heading, lead.join(' '), table(rows)].filter((part) => part !== '').join('\n\n')] : []
  return [...own, ...later]
}

const innerLead = (schema: z.ZodType): string => noteOf(schema).description

/** The manual of the configuration in Markdown, made from the schema. `keyVariables`: what enables a provider by itself. */
export const renderManual = (schema: z.ZodType, keyVariables: readonly string[]): string => {
  const introduction = INTRODUCTION.replace('%KEYS%', keyVariables.map(code).join(', '))
  return `${[introduction.trim(), ...chapter('', schema, [])].join('\n\n')}\n`
}
