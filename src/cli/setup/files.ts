import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { err, ok, type Result } from '../../result.ts'

/** A file as it is now: its bytes, one a character. */
export interface Present {
  /** Where it really is: links are followed, and stay. */
  readonly file: string
  readonly existed: boolean
  readonly text: string
  /** Permissions; `undefined`: there is no file. */
  readonly mode: number | undefined
}

const OWNER_ONLY = 0o600
const OWNER_FOLDER = 0o700
const OWNER_WRITES = 0o200
const PERMISSIONS = 0o777

/** Reads a file that may be absent; refuses what must not be written to. */
export const readPresent = (path: string): Result<Present, string> => {
  const link = lstatSync(path, { throwIfNoEntry: false })
  if (link === undefined) return ok({ file: futureFile(path), existed: false, text: '', mode: undefined })
  if (link.isSymbolicLink() && !existsSync(path))
    return err(`${path} is a link to a file that is not there. Mend it, or take it away.`)
  const file = realpathSync(path)
  const status = statSync(file)
  if (!status.isFile()) return err(`${path} is not a file.`)
  const mode = status.mode & PERMISSIONS
  if ((mode & OWNER_WRITES) === 0) return err(`${path} is read-only. Allow writing (chmod u+w), then try again.`)
  return ok({ file, existed: true, text: readFileSync(file, 'latin1'), mode })
}

/** Where a file that is not there yet will be: links of the folders that are there are followed. */
const futureFile = (path: string): string => {
  const folder = dirname(path)
  return join(existsSync(folder) ? realpathSync(folder) : futureFile(folder), basename(path))
}

/** Makes the folders above a file that are not there, for their owner alone; those it made, outermost first. */
export const makeFolders = (file: string): readonly string[] => {
  const missing: string[] = []
  for (let folder = dirname(file); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder)
  for (const folder of missing) mkdirSync(folder, { mode: OWNER_FOLDER })
  return missing
}

/**
 * Writes a file so that nobody ever sees half of it. With a secret in it, it is for its owner alone; otherwise it keeps
 * its permissions. It keeps its owner.
 */
export const writeWhole = (
  file: string,
  text: string,
  { mode, isSecret }: { mode: number | undefined; isSecret: boolean },
): void => {
  const beside = `${file}.tollgate-${process.pid}`
  const present = statSync(file, { throwIfNoEntry: false })
  const kept = mode ?? OWNER_ONLY
  const descriptor = openSync(beside, 'wx', OWNER_ONLY)
  try {
    writeSync(descriptor, Buffer.from(text, 'latin1'))
    fsyncSync(descriptor)
    closeSync(descriptor)
    if (present && present.uid !== process.getuid?.()) chownSync(beside, present.uid, present.gid)
    chmodSync(beside, isSecret ? kept & OWNER_ONLY : kept)
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
