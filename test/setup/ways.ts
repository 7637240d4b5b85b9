import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../src/cli/main.ts'

/** What is asked of a set-up, whichever way. */
export interface Errand {
  readonly action?: 'setup' | 'undo' | 'doctor'
  readonly client: string
  readonly base?: string
  readonly model?: string
  readonly switches?: readonly ('dry-run' | 'anyway' | 'force' | 'key-stdin')[]
  readonly home: string
  readonly key?: string
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** How it ended, and everything it said. */
export interface Ended {
  readonly code: number | null | undefined
  readonly said: string
}

/** A way to set up a client: the command, the script for shells, the program of the script for PowerShell. */
export interface Way {
  readonly name: string
  readonly run: (errand: Errand) => Promise<Ended>
}

const TIMEOUT_MS = 180_000

/** No profile and no variable of whoever runs the tests: what programs need, and nothing else. */
const environmentOf = ({ home, key, env }: Errand): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  TMPDIR: tmpdir(),
  SHELL: '/bin/bash',
  ...(key !== undefined && { TOLLGATE_API_KEY: key }),
  ...env,
})

/** Runs a program to its end. */
export const runProgram = (
  command: readonly string[],
  { env, input = '' }: { env: Readonly<Record<string, string>>; input?: string },
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(command[0] ?? '', command.slice(1), {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // In a session of its own it has no terminal, wherever the tests are run.
      detached: true,
      timeout: TIMEOUT_MS,
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
    // A program that ends without reading is no fault of the test's.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })

const commandLine = ({ action = 'setup', client, base, model, switches = [] }: Errand): readonly string[] => [
  ...(action === 'setup' ? ['setup'] : ['setup', action]),
  client,
  ...(base !== undefined && action !== 'undo' ? ['--base-url', base] : []),
  ...(model === undefined ? [] : ['--model', model]),
  ...switches.map((name) => `--${name}`),
]

/** The command, in this process; with input, as a process of its own. */
export const command: Way = {
  name: 'tollgate setup',
  run: async (errand) => {
    if (errand.input !== undefined) {
      const program = join(import.meta.dir, '..', '..', 'bin', 'tollgate.mjs')
      return runProgram(['node', program, ...commandLine(errand)], { env: environmentOf(errand), input: errand.input })
    }
    let said = ''
    const add = (text: string): void => {
      said += text
    }
    const code = await runCommand(commandLine(errand), { environment: environmentOf(errand), out: add, problem: add })
    return { code, said }
  },
}

/** A script as it is served. */
const served = async (url: string, name: string): Promise<string> => {
  const answer = await fetch(`${url}/setup/${name}`)
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`)
  return answer.text()
}

const scripts = mkdtempSync(join(tmpdir(), 'tollgate-scripts-'))

/** The script for shells, as a gateway serves it, run by one shell. */
export const shell = (gatewayUrl: () => string, ...interpreter: readonly string[]): Way => ({
  name: `the script in ${interpreter.join(' ')}`,
  run: async (errand) => {
    const file = join(scripts, 'tollgate.sh')
    writeFileSync(file, await served(gatewayUrl(), 'tollgate.sh'))
    const { action = 'setup', client, base, model, switches = [] } = errand
    const words = [
      ...[client, action, ...(base === undefined ? [] : ['--base-url', base])],
      ...(model === undefined ? [] : ['--model', model]),
      ...switches.map((name) => `--${name}`),
    ]
    const input = errand.input === undefined ? {} : { input: errand.input }
    return runProgram([...interpreter, file, ...words], { env: environmentOf(errand), ...input })
  },
})

const hereString = (script: string, name: string): string =>
  new RegExp(`^\\$${name} = @'\\n([\\s\\S]*?)\\n'@$`, 'm').exec(script)?.[1] ?? ''

/** What is inside the script for PowerShell: its table, and its program, compiled as Windows PowerShell 5.1 does. */
export const compileHost = async (
  gatewayUrl: string,
): Promise<{ readonly exe: string; readonly table: string; readonly base: string }> => {
  const script = await served(gatewayUrl, 'tollgate.ps1')
  const paths = { table: join(scripts, 'table'), program: join(scripts, 'program.cs'), exe: join(scripts, 'setup.exe') }
  writeFileSync(paths.table, hereString(script, 'Table'))
  writeFileSync(paths.program, hereString(script, 'Program'))
  const flags = ['-langversion:5', '-noconfig', '-nologo', '-warnaserror', '-r:System.dll', `-out:${paths.exe}`]
  const built = spawnSync('mcs', [...flags, paths.program, join(import.meta.dir, 'host.cs')], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stdout + built.stderr)
  const base = /^\$DefaultBase = '([^']*)'$/m.exec(script)?.[1] ?? ''
  return { exe: paths.exe, table: paths.table, base }
}

const PASCAL = { 'dry-run': '-DryRun', anyway: '-Anyway', force: '-Force', 'key-stdin': '-KeyStdin' } as const

/** The program of the script for PowerShell, without PowerShell around it. */
export const powerShellProgram = (host: () => Awaited<ReturnType<typeof compileHost>>): Way => ({
  name: 'the program of the script for PowerShell',
  run: (errand) => {
    const { action = 'setup', client, base, model, switches = [] } = errand
    const words = [
      ...[client, action, ...(base === undefined ? [] : ['-BaseUrl', base])],
      ...(model === undefined ? [] : ['-Model', model]),
      ...switches.map((name) => PASCAL[name]),
    ]
    const env = { ...environmentOf(errand), TG_TABLE: host().table, TG_BASE: host().base }
    return runProgram(['mono', host().exe, ...words], {
      env,
      ...(errand.input === undefined ? {} : { input: errand.input }),
    })
  },
})

/** Text of a file of this folder. */
export const fixture = (...path: readonly string[]): string => readFileSync(join(import.meta.dir, ...path), 'latin1')
