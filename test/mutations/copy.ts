import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** A copy of the tree, to be broken: the tree itself is never written to. */
export interface Copy {
  readonly root: string
  /** Whether a command ends well in the copy, in time. */
  run(command: readonly string[], timeoutMs: number): Promise<boolean>
  remove(): void
}

/** What the tests of translation read. */
const NEEDED = ['bin', 'docs', 'src', 'test', 'tools', 'package.json', 'tsconfig.json']

export const copyTree = (from: string, names: readonly string[] = NEEDED): Copy => {
  const root = mkdtempSync(join(tmpdir(), 'tollgate-mutations-'))
  const isOurs = (path: string): boolean => !['node_modules', '.cache'].includes(basename(path))
  for (const name of names) cpSync(join(from, name), join(root, name), { recursive: true, filter: isOurs })
  symlinkSync(join(from, 'node_modules'), join(root, 'node_modules'))
  return { root, run: (command, timeoutMs) => run(root, command, timeoutMs), remove: () => rmSync(root, FOR_GOOD) }
}

const FOR_GOOD = { recursive: true, force: true }

/** Recordings are on some machines only, and what kills a line must be in the project. */
const ENVIRONMENT = { TOLLGATE_RECORDINGS: '/nonexistent/recordings' }

const run = (root: string, [program = '', ...args]: readonly string[], timeoutMs: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...ENVIRONMENT }, stdio: 'ignore' })
    const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(late)
      resolve(code === 0)
    })
  })
