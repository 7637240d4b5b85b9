import { ROWS } from './catalogue.generated.ts'
import { type BuiltIn, readRows } from './catalogue-rows.ts'
import { DEMO_MODELS } from './demo/models.ts'

let read: BuiltIn | undefined

/** The catalogue that ships with Tollgate: vendors' models with their published prices, and the demo models. */
export const builtInCatalogue = (): BuiltIn => {
  read ??= withDemo(readRows(ROWS))
  return read
}

const withDemo = (rows: BuiltIn): BuiltIn => ({ models: [...rows.models, ...DEMO_MODELS], spellings: rows.spellings })
