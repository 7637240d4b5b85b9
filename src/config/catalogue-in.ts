import type { Model } from '../canon/model.ts'
import { builtInCatalogue } from '../providers/built-in.ts'
import { type Catalogue, createCatalogue } from '../providers/catalogue.ts'
import { isTree, type Tree } from './tree.ts'

/** The catalogue that a configuration comes to, right or wrong as it may be. It is made once, and only where it is asked for. */
export const catalogueIn = (tree: Tree, overrides: () => readonly Model[]): (() => Catalogue) => {
  let known: Catalogue | undefined
  return () => {
    known ??= createCatalogue({
      builtIn: builtInCatalogue(),
      overrides: overrides(),
      aliases: textsIn(tree.aliases),
      retired: textsIn(tree.retired),
    })
    return known
  }
}

const textsIn = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(isTree(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
