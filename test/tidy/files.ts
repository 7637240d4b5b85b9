import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const isSource = (path: string): boolean =>
  /\.tsx?$/.test(path) && !/\.test\.ts$|\.generated\.ts$|\.d\.ts$/.test(path) && !path.includes('node_modules')

/** Every hand-written source file below a folder, tests and generated files apart. */
export const sourceFiles = (folder: string): readonly string[] => allFiles(folder).filter(isSource)

export const allFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
