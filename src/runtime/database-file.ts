import { closeSync, existsSync, fchmodSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/** Balances, receipts and hashes of keys are nobody's business but the server's own account. */
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/**
 * Creates the file at `path`, empty, and the folders above it, where they are missing; only their owner can then read
 * them, whatever the umask. What exists keeps its mode. SQLite gives its journals the mode of the file they belong to.
 * Throws what the file system says.
 */
export const createPrivately = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE })
  if (existsSync(path)) return
  // A link that leads nowhere yet counts as missing: opening it creates what it leads to.
  const file = openSync(path, 'a', FILE_MODE)
  try {
    fchmodSync(file, FILE_MODE)
  } finally {
    closeSync(file)
  }
}
