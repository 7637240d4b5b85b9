import { spawnSync } from 'node:child_process'

/** Something a machine must have before the tests can run. */
export interface Need {
  readonly what: string
  readonly isThere: () => boolean
  /** What a person types to get it. */
  readonly advice: string
  /** The command that gets it, where the tests may run it themselves; with `asRoot`, only for root. */
  readonly install?: { readonly command: readonly string[]; readonly asRoot: boolean }
}

/** A Debian package, recognised by a program it brings. */
export const debianPackage = (program: string, name: string): Need => ({
  what: `${program} (Debian package ${name})`,
  isThere: () => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
  advice: `apt-get install ${name}`,
  install: { command: ['apt-get', 'install', '--yes', '--no-install-recommends', name], asRoot: true },
})

const isPermitted = ({ install }: Need): boolean =>
  install !== undefined && (!install.asRoot || process.getuid?.() === 0)

const runInstall = ({ install }: Need): void => {
  const [program = '', ...args] = install?.command ?? []
  spawnSync(program, args, { stdio: 'inherit' })
}

/**
 * Gets what is missing, where that is permitted. Returns what is still missing, each as a line that says what to
 * install: nothing is ever skipped for want of it.
 */
export const meet = (needs: readonly Need[], install: (need: Need) => void = runInstall): string[] => {
  for (const need of needs) if (!need.isThere() && isPermitted(need)) install(need)
  return needs
    .filter((need) => !need.isThere())
    .map(({ what, advice }) => `missing: ${what}. Install it with: ${advice}`)
}
