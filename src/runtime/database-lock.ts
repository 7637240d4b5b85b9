import { Database as Sqlite } from 'bun:sqlite'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { err, ok, type Result } from '../result.ts'

export interface ServeLock {
  /** Lets another server have the database. A process that dies, however it dies, lets go by itself. */
  release(): void
}

/** Connections that hold a lock: one that nothing refers to would be collected, and closed, with its lock. */
const held = new Set<Sqlite>()

/**
 * Makes this process the only server of the database at `path`. Its in-memory balances are the authority, so a second
 * server would grant the same money twice. The lock is an open exclusive transaction on `<path>.lock`: the operating
 * system drops it with the process, so nothing has to be cleaned up after a `kill -9`. Fails with what to do next.
 */
export const acquireServeLock = (path: string): Result<ServeLock, string> => {
  if (path === ':memory:') return ok({ release: () => undefined })
  mkdirSync(dirname(path), { recursive: true })
  const lock = new Sqlite(`${path}.lock`, { create: true, readwrite: true })
  try {
    lock.run('PRAGMA busy_timeout = 0')
    lock.run('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    const reason = error instanceof Error ? error.message : String(error)
    return err(`Another process is serving the database ${path}. Stop it, or configure another database. (${reason})`)
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
