import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { err, ok, type Result } from '../../result.ts'

/** Scalar's standalone build, ready to serve. */
export interface Bundle {
  readonly plain: Uint8Array<ArrayBuffer>
  readonly gzipped: Uint8Array<ArrayBuffer>
  /** Of the content: a new version gets a new address. */
  readonly hash: string
}

const PACKAGE = '@scalar/api-reference'

/**
 * Reads the bundle out of the installed package and compresses it, once for the life of the process: 4.4 MB become
 * 1.3 MB. Fails, in words for the log, when the package is not installed whole.
 */
export const loadBundle = async (): Promise<Result<Bundle, string>> => {
  try {
    // The build is not among the package's exports; it lies beside the entry point that is.
    const file = new URL('./browser/standalone.js', import.meta.resolve(PACKAGE))
    const plain = new Uint8Array(await readFile(file))
    const gzipped = new Uint8Array(await promisify(gzip)(plain))
    return ok({ plain, gzipped, hash: contentHash(plain) })
  } catch (failure) {
    return err(`${PACKAGE} cannot be read: ${failure instanceof Error ? failure.message : String(failure)}`)
  }
}

/** Enough of a SHA-256 to tell versions apart. */
export const contentHash = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16)
