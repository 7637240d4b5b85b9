/** Writes docs/configuration.md from the schema, docs/errors.md and docs/metrics.md from their tables: `npm run docs`. */
import { writeFileSync } from 'node:fs'
import { renderManual } from '../src/config/manual.ts'
import { configSchema } from '../src/config/schema.ts'
import { PROVIDER_KINDS } from '../src/providers/kinds.ts'
import { renderErrors } from './docs-errors.ts'
import { renderMetrics } from './docs-metrics.ts'

const kinds = Object.values(PROVIDER_KINDS)
const schema = configSchema(kinds.map(({ kind }) => kind))
const variables = kinds.flatMap(({ keyVariable }) => keyVariable ?? [])

const PAGES = {
  'configuration.md': renderManual(schema, variables),
  'errors.md': renderErrors(),
  'metrics.md': renderMetrics(),
}
for (const [name, text] of Object.entries(PAGES)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text)
  process.stdout.write(`wrote docs/${name}\n`)
}
