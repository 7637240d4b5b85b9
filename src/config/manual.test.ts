import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { noteOf } from './fields.ts'
import { renderManual } from './manual.ts'
import { configSchema } from './schema.ts'
import { formatPath, scalarsOf } from './tree.ts'

const kinds = Object.values(PROVIDER_KINDS)
const schema = configSchema(kinds.map(({ kind }) => kind))
const manual = renderManual(
  schema,
  kinds.flatMap(({ keyVariable }) => keyVariable ?? []),
)

test('docs/configuration.md is what the schema says; otherwise run `npm run docs`', () => {
  expect(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')).toBe(manual)
})

test('every key of the schema is in the manual, with the variable that overrides it', () => {
  const sample = { providers: { '<id>': {} }, channels: [{}], groups: { '<id>': {} }, plans: { '<id>': {} } }
  for (const { path } of scalarsOf(schema, sample)) {
    expect(manual).toContain(`| \`${path.at(-1)}\` |`)
    const variable = `TOLLGATE_${path.map((step) => (typeof step === 'number' ? '<N>' : step.toUpperCase())).join('_')}`
    expect([formatPath(path), manual.includes(`\`${variable}\``)]).toEqual([formatPath(path), true])
  }
})

test('every key has a description that is a sentence', () => {
  for (const { note } of scalarsOf(schema, {
    providers: { a: {} },
    channels: [{}],
    groups: { a: {} },
    plans: { a: {} },
  })) {
    expect(note.description).toMatch(/[.`]$/)
  }
  expect(noteOf(schema).shape).toBe('section')
})
