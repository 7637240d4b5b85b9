import type { CatalogueRow } from '../src/providers/catalogue-rows.ts'

const HEAD = `// Written by \`npm run catalogue\`; do not edit. From @pydantic/genai-prices (MIT) and our overlays.
// Prices that change with the hour are taken at their dearest; \`fees\` are nano-dollars for one, \`serviceTiers\` millionths.
import type { CatalogueRow } from './catalogue-rows.ts'

export const ROWS: readonly CatalogueRow[] = [
`

/** The generated file: one model a line, so that a price change is a one-line diff. */
export const renderCatalogue = (rows: readonly CatalogueRow[]): string =>
  `${HEAD}${rows.map((row) => `  ${JSON.stringify(row)},\n`).join('')}]\n`
