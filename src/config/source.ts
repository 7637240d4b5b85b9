import { existsSync, readFileSync, statSync } from 'node:fs'
import { LineCounter, parseDocument, type YAMLError } from 'yaml'
import { err, ok, type Result } from '../result.ts'
import type { ConfigFault } from './faults.ts'
import { isTree, type Tree } from './tree.ts'

/** Files that are used without being asked for, the first there is, in the directory Tollgate is started from. */
export const DEFAULT_FILES = ['tollgate.yaml', 'tollgate.yml', 'tollgate.json'] as const

const FILE_BYTES_MAX = 1_048_576
// A few anchors save typing; thousands of references to references fill the memory.
const YAML_ALIASES_MAX = 100

/** The file to read: the one named, else the first default that exists, else none. */
export const chooseFile = (named: string | undefined): string | undefined =>
  named ?? DEFAULT_FILES.find((name) => existsSync(name))

/** Reads a whole text file of at most `bytesMax`; fails with why not, in words. */
export const readBoundedFile = (path: string, bytesMax: number): Result<string, string> => {
  try {
    const { size } = statSync(path)
    if (size > bytesMax) return err(`one of ${size} bytes; ${bytesMax} is the most`)
    return ok(readFileSync(path, 'utf8'))
  } catch (error) {
    return err(
      error instanceof Error && 'code' in error
        ? `${String(error.code)}: none that can be read`
        : 'one that cannot be read',
    )
  }
}

/** Reads a configuration file of at most 1 MiB. */
export const readConfigFile = (path: string): Result<string, ConfigFault[]> => {
  const read = readBoundedFile(path, FILE_BYTES_MAX)
  return read.ok ? read : err([{ path: '', expected: `a readable file at ${path}`, found: read.error }])
}

/** Reads YAML or JSON, which YAML includes. Syntax errors carry line and column, and nothing of the text itself. */
export const parseSource = (text: string): Result<Tree, ConfigFault[]> => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, stringKeys: true })
  const mistakes = [...document.errors, ...document.warnings]
  if (mistakes.length > 0) return err(mistakes.map((mistake) => syntaxFault(mistake, lines)))
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: YAML_ALIASES_MAX })
  } catch (error) {
    // The one thing left to fail here is an alias: to nothing, or to too much.
    const found = error instanceof ReferenceError ? 'an alias to nothing, or too many aliases' : 'what cannot be read'
    return err([
      { path: '', expected: `YAML with at most ${YAML_ALIASES_MAX} aliases, each to an anchor before it`, found },
    ])
  }
  if (value === null || value === undefined) return ok({})
  return isTree(value) ? ok(value) : err([{ path: '', expected: 'a section of keys', found: 'something else' }])
}

const syntaxFault = (error: YAMLError, lines: LineCounter): ConfigFault => {
  const { line, col } = lines.linePos(error.pos[0])
  if (error.code === 'DUPLICATE_KEY') {
    return { path: `line ${line}, column ${col}`, expected: 'each key once', found: 'a key that was there before' }
  }
  // Behind the colon the message quotes the file, where a key may stand.
  const message = error.message.split(/:\s|["']/)[0] ?? error.code
  return {
    path: `line ${line}, column ${col}`,
    expected: 'valid YAML or JSON',
    found: `a syntax error (${message.trim()})`,
  }
}
