import { spawnSync } from 'node:child_process'

/** Something a machine must have before the tests can run. */
export interface Need {
  readonly what: string
  readonly isThere: () => boolean
  /** What a person types to get it. */
  readonly advice: string
  /** How the tests get it, where they may themselves. */
  readonly install?: Install
}

export interface Install {
  readonly command: readonly string[]
  /** Only root may run it. */
  readonly asRoot: boolean
  /** Run before it, but once for all needs that have the same: the lists of packages of a fresh machine are empty. */
  readonly before?: readonly string[]
}

const APT_UPDATE = ['apt-get', 'update']

/** A Debian package, recognised by a program it brings. */
export const debianPackage = (program: string, name: string): Need => ({
  what: `${program} (Debian package ${name})`,
  isThere: () => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
  advice: `apt-get install ${name}`,
  install: {
    command: ['apt-get', 'install', '--yes', '--no-install-recommends', name],
    asRoot: true,
    before: APT_UPDATE,
  },
})

type Run = (command: readonly string[]) => void

const runInstall: Run = ([program = '', ...args]) => {
  spawnSync(program, args, { stdio: 'inherit' })
}

/**
 * Gets what is missing, where that is permitted. Returns what is still missing, each as a line that says what to
 * install: nothing is ever skipped for want of it.
 */
export const meet = (needs: readonly Need[], run: Run = runInstall, isRoot = process.getuid?.() === 0): string[] => {
  const done = new Set<string>()
  for (const { isThere, install } of needs) {
    if (!install || (install.asRoot && !isRoot) || isThere()) continue
    const { command, before } = install
    if (before && !done.has(before.join(' '))) {
      done.add(before.join(' '))
      run(before)
    }
    run(command)
  }
  return needs
    .filter((need) => !need.isThere())
    .map(({ what, advice }) => `missing: ${what}. Install it with: ${advice}`)
}
