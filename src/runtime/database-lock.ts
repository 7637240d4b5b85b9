import { Database as Sqlite } from 'bun:sqlite'
import { realpathSync } from 'node:fs'
import { err, ok, type Result } from '../result.ts'
import { createPrivately } from './database-file.ts'

export interface ServeLock {
  /** Lets another server have the database. A process that dies, however it dies, lets go by itself. */
  release(): void
}

/** Connections that hold a lock: one that nothing refers to would be collected, and closed, with its lock. */
const held = new Set<Sqlite>()

/**
 * Makes this process the only server of the database at `path`. Its in-memory balances are the authority, so a second
 * server would grant the same money twice. The lock is an open exclusive transaction on `<path>.lock`, by the path that
 * all links to the database lead to: the operating system drops it with the process, so nothing has to be cleaned up
 * after a `kill -9`. Creates the database when it is missing: only a file has one path. Fails with what to do next.
 */
export const acquireServeLock = (path: string): Result<ServeLock, string> => {
  if (path === ':memory:') return ok({ release: () => undefined })
  const opened = openLock(path)
  if (!opened.ok) return opened
  const lock = opened.value
  try {
    lock.run('PRAGMA busy_timeout = 0')
    lock.run('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    return err(
      `Another process is serving the database ${path}. Stop it, or configure another database. (${reasonOf(error)})`,
    )
  }
  held.add(lock)
  return ok({
    release: () => {
      held.delete(lock)
      lock.run('ROLLBACK')
      lock.close()
    },
  })
}

const openLock = (path: string): Result<Sqlite, string> => {
  try {
    createPrivately(path)
    const lockPath = `${realpathSync(path)}.lock`
    createPrivately(lockPath)
    return ok(new Sqlite(lockPath, { create: true, readwrite: true }))
  } catch (error) {
    return err(
      `The database ${path} cannot be created or locked. Check its folder and who may write there. (${reasonOf(error)})`,
    )
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
