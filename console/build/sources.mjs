// What the console is built from, as one hash. Plain Node: `npm start` asks before there is anything else.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder `console`. */
export const CONSOLE = join(dirname(fileURLToPath(import.meta.url)), '..')

const FOLDERS = ['src', 'public', 'build']
const FILES = ['package.json', 'vite.config.ts', 'index.html']
const NOT_BUILT = /\.test\.tsx?$|\.d\.ts$|\.md$/

/** Of the contents: times of files say nothing after a checkout. */
export const hashOfSources = () => {
  const hash = createHash('sha256')
  for (const path of [...FILES.map((name) => join(CONSOLE, name)), ...FOLDERS.flatMap(filesBelow)]) {
    hash.update(relative(CONSOLE, path)).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

const filesBelow = (folder) =>
  readdirSync(join(CONSOLE, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_BUILT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

/** The name of the file in `dist` that says what it was built from. */
export const STAMP = '.built-of'

/** Whether `dist` is there and was built from the sources as they are now. */
export const isBuilt = () => {
  const stamp = join(CONSOLE, 'dist', STAMP)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfSources()
}
