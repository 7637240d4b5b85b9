import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A small disk in memory, which only the process that mounts it sees. */
export interface Disk {
  readonly folder: string
  /** Under which `node` mounts the disk before it begins. */
  readonly env: Readonly<Record<string, string>>
  /** Leaves no space on the disk of that process. */
  fill(pid: number): void
  /** Makes space again. */
  empty(pid: number): void
  remove(): void
}

const MOUNT = 'mount -t tmpfs -o size=12m tmpfs "$0" && exec "$@"'

/** Prepares a disk. Where the system does not let us mount any, there is none. */
export const prepareDisk = (): Disk | undefined => {
  const place = mkdtempSync(join(tmpdir(), 'tollgate-disk-'))
  const [folder, programs] = [mkdtempSync(join(place, 'disk-')), mkdtempSync(join(place, 'programs-'))]
  const remove = (): void => rmSync(place, { recursive: true, force: true })
  const user = process.getuid?.() === 0 ? '' : '--user --map-root-user'
  const within = `unshare ${user} --mount sh -c '${MOUNT}' ${folder}`
  if (spawnSync('sh', ['-c', `${within} true`]).status !== 0) {
    remove()
    return undefined
  }
  const node = join(programs, 'node')
  writeFileSync(node, `#!/bin/sh\nexec ${within} ${Bun.which('node')} "$@"\n`)
  chmodSync(node, 0o755)
  const fillerOf = (pid: number): string => join(`/proc/${pid}/root`, folder, 'filler')
  return {
    folder,
    env: { PATH: `${programs}:${process.env['PATH']}` },
    fill: (pid) => {
      // Large pieces first, then what is left between them.
      for (const bytes of [1_000_000, 4_096]) fillWith(fillerOf(pid), Buffer.alloc(bytes))
    },
    empty: (pid) => rmSync(fillerOf(pid)),
    remove,
  }
}

const fillWith = (path: string, piece: Buffer): void => {
  for (;;) {
    try {
      writeFileSync(path, piece, { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
      throw error
    }
  }
}

/** From now on the process can write no file, as on a disk that has failed; `undefined`: it can. Needs no rights. */
export const limitFiles = (pid: number, bytes: 0 | undefined): void => {
  const done = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`prlimit failed: ${done.error?.message ?? done.stderr}`)
}
