/**
 * Writes docs/configuration.md from the schema, docs/errors.md and docs/metrics.md from their tables, and the table of
 * steps in docs/degraded.md from that of the tests: `npm run docs`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { renderManual } from '../src/config/manual.ts'
import { configSchema } from '../src/config/schema.ts'
import { PROVIDER_KINDS } from '../src/providers/kinds.ts'
import { renderRows } from '../test/faultpoints/rows.ts'
import { renderErrors } from './docs-errors.ts'
import { renderMetrics } from './docs-metrics.ts'

const kinds = Object.values(PROVIDER_KINDS)
const schema = configSchema(kinds.map(({ kind }) => kind))
const variables = kinds.flatMap(({ keyVariable }) => keyVariable ?? [])

/** A page with the table of steps between its marks. */
const withSteps = (page: string): string =>
  page.replace(/(?<=<!-- steps -->)[\s\S]*?(?=<!-- \/steps -->)/, () => renderRows())

const PAGES = {
  'degraded.md': withSteps(readFileSync(new URL('../docs/degraded.md', import.meta.url), 'utf8')),
  'configuration.md': renderManual(schema, variables),
  'errors.md': renderErrors(),
  'metrics.md': renderMetrics(),
}
for (const [name, text] of Object.entries(PAGES)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text)
  process.stdout.write(`wrote docs/${name}\n`)
}
