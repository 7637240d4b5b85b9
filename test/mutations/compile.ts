import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { API } from 'typescript/unstable/async'
import { copyTree } from './copy.ts'
import type { Line } from './lines.ts'

/** What is compiled of the tree: the tests are asked otherwise. */
const CONFIG = { extends: './tsconfig.json', include: ['src'], exclude: ['**/*.test.ts'] }

/** Of these lines those that the compiler misses in their own file. It is no test, and says so sooner than one. */
export const missedByTypes = async (root: string, lines: readonly Line[]): Promise<ReadonlySet<Line>> => {
  const missed = new Set<Line>()
  if (lines.length === 0) return missed
  const copy = copyTree(root)
  const config = join(copy.root, 'tsconfig.src.json')
  writeFileSync(config, JSON.stringify(CONFIG))
  const api = new API({ cwd: copy.root })
  try {
    await api.updateSnapshot({ openProjects: [config] })
    let changed: string[] = []
    for (const line of lines) {
      const file = join(copy.root, line.path)
      const whole = readFileSync(file, 'utf8')
      writeFileSync(file, line.without)
      const snapshot = await api.updateSnapshot({ fileChanges: { changed: [...changed, file] } })
      const faults = await snapshot.getProject(config)?.program.getSemanticDiagnostics(file)
      if (faults && faults.length > 0) missed.add(line)
      writeFileSync(file, whole)
      changed = [file]
    }
    return missed
  } finally {
    await api.close()
    copy.remove()
  }
}
