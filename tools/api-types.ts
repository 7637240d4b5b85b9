/**
 * Writes the types that the console calls the API by, from its description: `npm run api-types`. An operation is
 * `{ query, body, answer }`, of JSON alone; schemas keep their names.
 */
import { writeFileSync } from 'node:fs'
import { openControlPlane } from '../src/http/admin/testing/open.ts'
import { typesOf } from './api-types-render.ts'

const TARGET = new URL('../console/src/api/schema.d.ts', import.meta.url)

const plane = await openControlPlane()
const { json } = await plane.send('GET', '/api/openapi.json')
await plane.close()
writeFileSync(TARGET, typesOf(json))
process.stdout.write('wrote console/src/api/schema.d.ts\n')
