/** Writes docs/configuration.md from the schema: `npm run docs`. */
import { writeFileSync } from 'node:fs'
import { renderManual } from '../src/config/manual.ts'
import { configSchema } from '../src/config/schema.ts'
import { PROVIDER_KINDS } from '../src/providers/kinds.ts'

const kinds = Object.values(PROVIDER_KINDS)
const schema = configSchema(kinds.map(({ kind }) => kind))
const variables = kinds.flatMap(({ keyVariable }) => keyVariable ?? [])
const target = new URL('../docs/configuration.md', import.meta.url)
writeFileSync(target, renderManual(schema, variables))
process.stdout.write('wrote docs/configuration.md\n')
