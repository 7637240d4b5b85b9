import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder on a disk that can become full. */
export interface Disk {
  readonly folder: string
  /** Which way it becomes full here. */
  readonly kind: 'a small disk' | 'a limit on the size of files'
  /** From now on no file of this process grows. */
  fill(pid: number): void
  free(pid: number): void
  remove(): void
}

const MEGABYTES = 48
const BALLAST_BYTES = 65_536

const run = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0

/** A file system of its own in memory where mounting is permitted; else a limit on the process, which reads as EFBIG. */
export const makeDisk = (): Disk => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-disk-'))
  const isMounted = run('mount', '-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tollgate-disk', folder)
  return isMounted ? mountedDisk(folder) : limitedDisk(folder)
}

const mountedDisk = (folder: string): Disk => {
  const ballast = (): string[] => readdirSync(folder).filter((name) => name.startsWith('ballast-'))
  return {
    folder,
    kind: 'a small disk',
    fill: () => {
      for (let part = 0; part * BALLAST_BYTES <= MEGABYTES * 2 ** 20; part += 1) {
        try {
          writeFileSync(join(folder, `ballast-${part}`), Buffer.alloc(BALLAST_BYTES))
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
          throw error
        }
      }
    },
    free: () => {
      for (const name of ballast()) rmSync(join(folder, name))
    },
    remove: () => {
      run('umount', folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const limitedDisk = (folder: string): Disk => {
  const limit = (pid: number, bytes: number | 'unlimited'): void => {
    if (!run('prlimit', `--pid=${pid}`, `--fsize=${bytes}:unlimited`))
      throw new Error('missing: the right to mount a file system, or prlimit (Debian package util-linux)')
  }
  return {
    folder,
    kind: 'a limit on the size of files',
    fill: (pid) => limit(pid, Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).size))),
    free: (pid) => limit(pid, 'unlimited'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
