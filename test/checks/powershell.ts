import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import { Language, type Node, Parser } from 'web-tree-sitter'

const require = createRequire(import.meta.url)

let parser: Promise<Parser> | undefined

const open = async (): Promise<Parser> => {
  await Parser.init()
  const opened = new Parser()
  const folder = dirname(require.resolve('tree-sitter-powershell/package.json'))
  opened.setLanguage(await Language.load(join(folder, 'tree-sitter-powershell.wasm')))
  return opened
}

/**
 * What a grammar of PowerShell cannot read of a script, by line. There is no PowerShell to be had from the registries
 * that tests may use, so this, and running the program inside the script, is what stands for it.
 */
export const syntaxFaults = async (script: string): Promise<readonly string[]> => {
  parser ??= open()
  const tree = (await parser).parse(script)
  return tree ? faultsOf(tree.rootNode) : ['nothing was read']
}

const faultsOf = (node: Node): readonly string[] => [
  ...(node.isError || node.isMissing ? [`line ${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`] : []),
  ...node.children.flatMap((child) => (child ? faultsOf(child) : [])),
]
