import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const isWritten = (path: string): boolean =>
  /\.tsx?$/.test(path) && !/\.generated\.ts$|\.d\.ts$/.test(path) && !/node_modules|\.cache/.test(path)

/** Every hand-written file of TypeScript below a folder, tests among them; generated files apart. */
export const writtenFiles = (folder: string): readonly string[] => allFiles(folder).filter(isWritten)

/** The same without tests. */
export const sourceFiles = (folder: string): readonly string[] =>
  writtenFiles(folder).filter((path) => !path.endsWith('.test.ts'))

export const allFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
