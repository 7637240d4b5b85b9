import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { Case } from './cases.ts'

const ROOT = join(import.meta.dir, '..', '..')

/** The folder with a script for each client and the scripted upstream: `TOLLGATE_CLIENTS`, else beside the checkout. */
export const scriptsFolder = (): string => {
  const named = process.env.TOLLGATE_CLIENTS ?? '../shared/clients'
  return isAbsolute(named) ? named : resolve(ROOT, named)
}

/** Where that folder's install script puts the clients. */
export const installedFolder = (): string => process.env.CLIENTS ?? join(homedir(), '.cache', 'llm-clients')

/** The Node that the clients run on: theirs where it is installed, else the one on the path. */
export const nodeProgram = (): string => {
  const own = join(installedFolder(), 'node24', 'node_modules', 'node', 'bin', 'node')
  return existsSync(own) ? own : 'node'
}

/** What is missing for these cases, each as a line that says what to do about it. */
export const missingFor = (cases: readonly Case[]): string[] => {
  const folder = scriptsFolder()
  if (!existsSync(join(folder, 'mock_llm.mjs'))) {
    return [`no client scripts in ${folder}. Set TOLLGATE_CLIENTS to the folder that has them.`]
  }
  const names = new Set(
    cases.filter(({ program }) => !existsSync(join(installedFolder(), program))).map(({ script }) => script),
  )
  const clients = [...names].filter((name) => name !== 'codex-builtin')
  return clients.map(
    (name) => `${name} is not installed. Install it with: ${join(folder, 'install_clients.sh')} node24 ${name}`,
  )
}
