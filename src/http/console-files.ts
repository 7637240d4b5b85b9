import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { err, ok, type Result } from '../result.ts'

/** A file of the console's build, ready to be served. */
export interface ConsoleFile {
  readonly type: string
  readonly etag: string
  /** Its name changes with its content: kept for good. */
  readonly isImmutable: boolean
  readonly plain: Uint8Array<ArrayBuffer>
  readonly brotli?: Uint8Array<ArrayBuffer>
  readonly gzip?: Uint8Array<ArrayBuffer>
}

/** By path, as `/assets/index-Bq3K9x0a.js`. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>

export const INDEX = '/index.html'

/** Far above any build of ours: a folder that was named by mistake is not read into memory. */
const FILES_MAX = 4_000
const BYTES_MAX = 100_000_000

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  woff2: 'font/woff2',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
}

/** What Vite adds to a name: eight characters of the content's hash. */
const HASHED = /-[\w-]{8}\.\w+$/

/** Reads a whole build into memory, with what it has compressed. Fails, in words for the log, when there is none. */
export const readConsoleFiles = async (folder: string): Promise<Result<ConsoleFiles, string>> => {
  try {
    const paths = await pathsIn(folder)
    if (!paths.includes(INDEX.slice(1))) return err(`there is no ${INDEX.slice(1)} in ${folder}`)
    if (paths.length > FILES_MAX) return err(`${folder} has more than ${FILES_MAX} files`)
    const files = new Map<string, ConsoleFile>()
    let bytes = 0
    for (const path of paths) {
      const type = TYPES[path.split('.').at(-1) ?? '']
      if (type === undefined) continue
      const file = await readOne(folder, path, type, paths)
      bytes += file.plain.length
      if (bytes > BYTES_MAX) return err(`${folder} has more than ${BYTES_MAX} bytes`)
      files.set(`/${path}`, file)
    }
    return ok(files)
  } catch (failure) {
    return err(failure instanceof Error ? failure.message : String(failure))
  }
}

const pathsIn = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

const readOne = async (folder: string, path: string, type: string, paths: readonly string[]): Promise<ConsoleFile> => {
  const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await readFile(join(folder, name)))
  const plain = await read(path)
  return {
    type,
    plain,
    etag: `W/"${createHash('sha256').update(plain).digest('hex').slice(0, 16)}"`,
    isImmutable: HASHED.test(path),
    ...(paths.includes(`${path}.br`) && { brotli: await read(`${path}.br`) }),
    ...(paths.includes(`${path}.gz`) && { gzip: await read(`${path}.gz`) }),
  }
}

/** When the build was made; `undefined`: there is none. */
export const builtAtMs = async (folder: string): Promise<number | undefined> => {
  try {
    return (await stat(join(folder, INDEX))).mtimeMs
  } catch {
    // Not there, or not to be read: either way there is no build to serve.
    return undefined
  }
}
