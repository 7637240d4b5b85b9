import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { debianPackage, meet, type Need } from '../runner/needs.ts'

/** Where Debian puts a version's programs; only some of them are on the path. */
const POSTGRES_FOLDERS = '/usr/lib/postgresql'
const POSTGRES_PROGRAMS = ['postgres', 'initdb']
const REDIS_PROGRAMS = ['redis-server', 'valkey-server']

const onPath = (program: string): string | undefined => {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' })
  return found.status === 0 ? found.stdout.trim() : undefined
}

/** Newest first; on the path means the operator's own choice, which goes before. */
const postgresFolders = (): readonly string[] =>
  existsSync(POSTGRES_FOLDERS)
    ? readdirSync(POSTGRES_FOLDERS)
        .filter((name) => /^\d+$/.test(name))
        .toSorted((one, other) => Number(other) - Number(one))
        .map((name) => join(POSTGRES_FOLDERS, name, 'bin'))
    : []

const findPostgres = (program: string): string | undefined => {
  const folder = postgresFolders().find((bin) => POSTGRES_PROGRAMS.every((name) => existsSync(join(bin, name))))
  return folder === undefined ? onPath(program) : join(folder, program)
}

const findRedis = (): string | undefined => REDIS_PROGRAMS.map(onPath).find((path) => path !== undefined)

const POSTGRES: Need = {
  ...debianPackage('postgres', 'postgresql'),
  isThere: () => POSTGRES_PROGRAMS.every((program) => findPostgres(program) !== undefined),
}

const REDIS: Need = { ...debianPackage('redis-server', 'redis-server'), isThere: () => findRedis() !== undefined }

/** Installs the servers that the tests start, where that is permitted. Throws with what to type where it is not. */
export const installServers = async (): Promise<void> => {
  const missing = meet([POSTGRES, REDIS])
  if (missing.length > 0) throw new Error(missing.join('\n'))
}

const orSay = (path: string | undefined, { what, advice }: Need): string => {
  if (path === undefined) throw new Error(`missing: ${what}. Install it with: ${advice}`)
  return path
}

/** The path of a program of PostgreSQL. Throws with what to install when it is missing. */
export const postgresProgram = (program: 'postgres' | 'initdb'): string => orSay(findPostgres(program), POSTGRES)

/** The path of Redis or Valkey. Throws with what to install when both are missing. */
export const redisProgram = (): string => orSay(findRedis(), REDIS)
