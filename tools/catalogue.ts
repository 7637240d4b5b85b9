/** `npm run catalogue`: writes the built-in price catalogue from the price source and our overlay. */
import { writeFile } from 'node:fs/promises'
import { renderCatalogue } from './catalogue-render.ts'
import { buildCatalogue } from './catalogue-build.ts'

const target = new URL('../src/providers/catalogue.generated.ts', import.meta.url)
const rows = buildCatalogue()
await writeFile(target, renderCatalogue(rows))
console.log(`${rows.length} models written to ${target.pathname}`)
