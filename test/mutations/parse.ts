import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { API } from 'typescript/unstable/async'
import { type Line, linesOf } from './lines.ts'

/** The mapping lines of the files of a tree, by the compiler's own reading of them. Nothing they import is read. */
export const linesIn = async (root: string, paths: readonly string[]): Promise<readonly Line[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-lines-'))
  const config = join(folder, 'tsconfig.json')
  const compilerOptions = { noLib: true, noResolve: true, types: [], allowImportingTsExtensions: true, noEmit: true }
  writeFileSync(config, JSON.stringify({ compilerOptions, files: paths.map((path) => join(root, path)) }))
  const api = new API({ cwd: folder })
  try {
    const snapshot = await api.updateSnapshot({ openProjects: [config] })
    const lines: Line[] = []
    for (const path of paths) {
      const file = await snapshot.getProject(config)?.program.getSourceFile(join(root, path))
      if (!file) throw new Error(`the compiler did not read ${path}`)
      lines.push(...linesOf(file, path))
    }
    return lines
  } finally {
    await api.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
