import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where a test run keeps what it needs for a while: databases, servers, whole installations. */
export interface Scratch {
  readonly folder: string
  /** How much the disk below it has free. */
  readonly freeBytes: number
  /** Removes what a stage left: Bun kills whatever a test process leaves behind, before that has cleaned up. */
  clear(): void
  /** Removes the folder. */
  remove(): void
}

const RUN = /^tollgate-run-(\d+)-/
const POSTGRES = /^tollgate-postgres-\w+$/
/** No stage takes as long. A process may also run where its number cannot be seen from here. */
const LEFT_AFTER_MS = 60 * 60_000

/**
 * Makes a folder for this run in `base`, having removed what runs left there that were killed: the databases of one
 * stage alone are up to 3 GB, and a few runs that keep them fill a disk.
 */
export const openScratch = (base = tmpdir(), nowMs = Date.now()): Scratch => {
  for (const name of readdirSync(base)) if (isLeft(base, name, nowMs)) removeAll(join(base, name))
  const folder = mkdtempSync(join(base, `tollgate-run-${process.pid}-`))
  // Servers that refuse to be root have folders in it, and remove them.
  chmodSync(folder, 0o1777)
  const { bavail, bsize } = statfsSync(folder)
  return {
    folder,
    freeBytes: bavail * bsize,
    clear: () => {
      for (const name of readdirSync(folder)) removeAll(join(folder, name))
    },
    remove: () => removeAll(folder),
  }
}

const isLeft = (base: string, name: string, nowMs: number): boolean => {
  const pid = ownerOf(base, name)
  if (pid === undefined || isThere(pid)) return false
  // A server that is down for a moment, in a test of just that, has written a moment before.
  const written = ['', 'log', 'data', join('data', 'pg_wal')].map((part) => join(base, name, part))
  const times = written.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  return nowMs - Math.max(...times) > LEFT_AFTER_MS
}

/** The process that a folder belongs to; of a server that a test process started without a run, the server's. */
const ownerOf = (base: string, name: string): number | undefined => {
  const run = RUN.exec(name)
  if (run) return Number(run[1])
  const file = join(base, name, 'data', 'postmaster.pid')
  return POSTGRES.test(name) && existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined
}

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Anything else: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** What cannot be removed is no reason to run no tests. */
const removeAll = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  } catch (error) {
    process.stderr.write(`${path} is left: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
