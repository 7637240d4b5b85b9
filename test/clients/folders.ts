import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { Case } from './cases.ts'

const ROOT = join(import.meta.dir, '..', '..')

/** The folder with a script for each client: `TOLLGATE_CLIENTS`, else beside the checkout. */
export const scriptsFolder = (): string => {
  const named = process.env.TOLLGATE_CLIENTS ?? '../shared/clients'
  return isAbsolute(named) ? named : resolve(ROOT, named)
}

/** Where that folder's install script puts the clients. */
export const installedFolder = (): string => process.env.CLIENTS ?? join(homedir(), '.cache', 'llm-clients')

/** What is missing for these cases, each as a line that says what to do about it. */
export const missingFor = (cases: readonly Case[]): string[] => {
  const folder = scriptsFolder()
  if (!existsSync(join(folder, '_lib.sh'))) {
    return [`no client scripts in ${folder}. Set TOLLGATE_CLIENTS to the folder that has them.`]
  }
  const names = new Set(
    cases.flatMap(({ client }) => (existsSync(join(installedFolder(), client.program)) ? [] : [client.script])),
  )
  const clients = [...names].filter((name) => name !== 'codex-builtin')
  return clients.map(
    (name) => `${name} is not installed. Install it with: ${join(folder, 'install_clients.sh')} node24 ${name}`,
  )
}
