import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** Tests that are run together. */
export interface Rung {
  readonly name: string
  readonly paths: readonly string[]
}

/** Which tests are asked about a file, those that see it quickest first. */
export type Ladder = (path: string) => readonly Rung[]

const UNITS = ['src/protocols', 'src/translation']
const PROOFS = 'test/translation'

/** Of the tests that import a file, if only by way of others: those beside it, the hazards, other units, the proofs. */
export const ladderOf = (root: string): Ladder => {
  const tests = [...UNITS, PROOFS].flatMap((folder) => testsBelow(root, folder))
  const reached = new Map(tests.map((path) => [path, reachedFrom(root, path)]))
  return (path) => {
    const own = tests.filter((test) => reached.get(test)?.has(path))
    const units = own.filter((test) => !test.startsWith(PROOFS))
    const beside = units.filter((test) => dirname(test) === dirname(path))
    const hazards = own.filter((test) => test.startsWith(`${PROOFS}/hazards`))
    const proofs = own.filter((test) => test.startsWith(PROOFS) && !hazards.includes(test))
    const rungs: readonly Rung[] = [
      { name: 'beside', paths: beside },
      { name: 'hazards', paths: hazards },
      { name: 'units', paths: units.filter((test) => !beside.includes(test)) },
      // They take seconds each.
      ...proofs.map((proof) => ({ name: proof, paths: [proof] })),
    ]
    return rungs.filter(({ paths }) => paths.length > 0)
  }
}

/** Without the proofs: what is known in a second or two. */
export const quickly =
  (ladder: Ladder): Ladder =>
  (path) =>
    ladder(path).filter(({ name }) => !name.startsWith(PROOFS))

const testsBelow = (root: string, folder: string): readonly string[] =>
  (existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true }) : [])
    .map((name) => `${folder}/${String(name)}`)
    .filter((path) => path.endsWith('.test.ts'))
    .sort()

const IMPORT = /(?:from|import\(|import)\s*'(\.[^']+\.ts)'/g

/** A file, what it imports, and what that imports. */
export const reachedFrom = (root: string, path: string, reached = new Set<string>()): ReadonlySet<string> => {
  if (reached.has(path)) return reached
  reached.add(path)
  for (const [, imported = ''] of textOf(join(root, path)).matchAll(IMPORT))
    reachedFrom(root, normalize(join(dirname(path), imported)), reached)
  return reached
}

const texts = new Map<string, string>()
const textOf = (path: string): string => {
  const text = texts.get(path) ?? readFileSync(path, 'utf8')
  texts.set(path, text)
  return text
}
