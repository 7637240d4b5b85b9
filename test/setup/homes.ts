import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Everything below a folder: files with permissions and bytes, folders, links. */
export type Tree = Readonly<Record<string, string>>

/** A home folder of its own, with these files; a name that ends in a slash is an empty folder. */
export const newHome = (files: Readonly<Record<string, string>> = {}): string => {
  const home = mkdtempSync(join(tmpdir(), 'tollgate home-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name.endsWith('/') ? name : dirname(name)), { recursive: true })
    if (!name.endsWith('/')) writeFileSync(join(home, name), Buffer.from(text, 'latin1'))
  }
  return home
}

/** What is there, to be compared; what runtimes leave in every home is left out. */
export const treeOf = (home: string): Tree => {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    entries
      .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
      .filter((name) => !/^\.(?:bun|mono|npm)(?:\/|$)/.test(name))
      .sort()
      .map((name) => [name, describe(join(home, name))]),
  )
}

const describe = (path: string): string => {
  const status = lstatSync(path)
  if (status.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  if (status.isDirectory()) return 'folder'
  return `${(status.mode & 0o777).toString(8)} ${readFileSync(path, 'latin1')}`
}

/** A file's bytes, one a character; `undefined`: it is not there. */
export const bytesOf = (home: string, name: string): string | undefined =>
  existsSync(join(home, name)) ? readFileSync(join(home, name), 'latin1') : undefined
