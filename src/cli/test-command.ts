import { join } from 'node:path'
import { runCommand } from './main.ts'

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number | null | undefined
  readonly out: string
  readonly problems: string
}

/** Files of a folder: the database, and the configuration, which need not be there. */
export interface Files {
  readonly database?: string
  readonly config?: string
}

/** Runs a command in this process, on files of a folder of its own. */
export const runIn = async (
  folder: string,
  args: readonly string[],
  { database = 'books.db', config = 'plain.yaml' }: Files = {},
): Promise<Ended> => {
  let out = ''
  let problems = ''
  const code = await runCommand([...args], {
    environment: { TOLLGATE_DATABASE: `sqlite:${join(folder, database)}`, TOLLGATE_CONFIG: join(folder, config) },
    out: (text) => (out += text),
    problem: (text) => (problems += text),
  })
  return { code, out, problems }
}
