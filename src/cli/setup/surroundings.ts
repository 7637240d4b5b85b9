import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { signsOf, type Surroundings } from '../../setup/plan.ts'
import type { Client } from '../../setup/types.ts'

type Environment = Readonly<Record<string, string | undefined>>

const VERSION_TIMEOUT_MS = 20_000
const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, Surroundings['system']>>> = {
  win32: 'windows',
  darwin: 'macos',
}

/** This machine, as far as it decides where a client keeps its settings. */
export const surroundingsOf = (environment: Environment): Surroundings => ({
  system: SYSTEMS[process.platform] ?? 'linux',
  homeFolder: (environment.HOME ?? environment.USERPROFILE ?? homedir()).replace(/[\\/]+$/, ''),
  environment,
  exists: (path) => (path.endsWith('*') ? hasBeginning(path.slice(0, -1)) : existsSync(path)),
})

const hasBeginning = (path: string): boolean => {
  const folder = dirname(path)
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(basename(path)))
}

/** The command of a client on the PATH; `undefined`: it is not there. */
export const programOf = ({ program }: Client, environment: Environment): string | undefined => {
  if (program === undefined) return undefined
  const names = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''].map((end) => program + end) : [program]
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable)
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us: not a command either way.
    return false
  }
}

/** What tells that a client is here: its command, or a folder of its; `undefined`: nothing does. */
export const traceOf = (client: Client, around: Surroundings): string | undefined =>
  programOf(client, around.environment) ?? signsOf(client, around).find(around.exists)

/** Variables that a client may take instead of what was set up. One that says the same is in nobody's way. */
export const conflictsOf = (
  { conflicts }: Client,
  environment: Environment,
  ours: readonly (string | undefined)[],
): readonly string[] => conflicts.filter((name) => environment[name] && !ours.includes(environment[name]))

/** What the client says its version is, on one line; `undefined`: it has no command, or that says nothing. */
export const versionOf = (client: Client, environment: Environment): string | undefined => {
  const program = programOf(client, environment)
  if (program === undefined) return undefined
  const ran = spawnSync(program, ['--version'], {
    encoding: 'utf8',
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: VERSION_TIMEOUT_MS,
    shell: program.endsWith('.cmd') || program.endsWith('.bat'),
  })
  return /\d+\.\d+[^\s]*/.exec(ran.stdout ?? '')?.[0]
}
