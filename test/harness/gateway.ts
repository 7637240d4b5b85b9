import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Admin, adminOf } from './admin.ts'
import { storageIn } from './storage.ts'

const ROOT = join(import.meta.dir, '..', '..')
const READY = /listening on (http:\/\/\S+)/
const READY_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 20_000
const OUTPUT_CHARACTERS_MAX = 1_000_000
const ADMIN_KEY = 'admin-key-of-the-tests-0123456789'

export interface GatewayOptions {
  /** Goes over the harness's own: a free port on loopback, a fixed admin key and empty storage, unless it names some. */
  readonly config?: Readonly<Record<string, unknown>>
  /** A `model_catalog.json`, put beside the configuration. */
  readonly catalogue?: unknown
  /** Added to an environment that holds nothing but what programs need to start. */
  readonly env?: Readonly<Record<string, string>>
  /** Where database and configuration live. Given, it is kept, so that a second start finds the first one's data. */
  readonly dataFolder?: string
}

/** A gateway as a user runs it: a process of its own, started by the command of the README. */
export interface Gateway extends Admin {
  readonly url: string
  /** The server itself, not the command that started it. */
  readonly pid: number
  readonly adminKey: string
  readonly dataFolder: string
  /** `database:` of its configuration. */
  readonly database: string
  /** Both streams so far, for looking at logs. */
  output(): string
  /** Asks it to end (SIGTERM) and waits; the exit code. Kills it, and says so, when it does not. */
  stop(): Promise<number | null>
  /** Ends it without warning, as a power cut does. */
  kill9(): Promise<void>
}

/** Nobody's health is remembered: what fails in one test is asked all the same in the next. */
export const FORGETFUL = {
  failures: 1_000,
  failure_percent: 100,
  cool_down: '1ms',
  cool_down_max: '1ms',
  wait_max: '1ms',
  disabled_retry: '1ms',
}

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  readonly exited: Promise<number | null>
}

/** Its configuration, in whole. */
const configOf = async (options: GatewayOptions, folder: string) => {
  const { database } = options.config ?? {}
  const storage = typeof database === 'string' ? { database } : await storageIn(folder)
  const own = { listen: { host: '127.0.0.1', port: 0 }, admin_key: ADMIN_KEY, health: FORGETFUL }
  return { ...own, ...storage, ...options.config, database: storage.database }
}

const writeConfig = (options: GatewayOptions, config: object, folder: string): string => {
  const catalogue = join(folder, 'model_catalog.json')
  if (options.catalogue !== undefined) writeFileSync(catalogue, JSON.stringify(options.catalogue))
  const path = join(folder, 'tollgate.yaml')
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ ...(options.catalogue === undefined ? {} : { catalogue }), ...config }, null, 2))
  return path
}

/** A process group of its own: `kill9` must also reach the server behind the command that started it. */
const launch = (path: string, env: Readonly<Record<string, string>>): Running => {
  const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  const child = spawn('node', [join(ROOT, 'bin', 'tollgate.mjs'), 'serve', '--config', path], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString()
    })
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return { child, output: () => output, exited }
}

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // Nothing left of the group is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const waitUntilListening = async ({ child, output, exited }: Running): Promise<string> => {
  const ended = exited.then((code) => ({ code }))
  const deadlineMs = Date.now() + READY_TIMEOUT_MS
  while (Date.now() < deadlineMs) {
    const url = READY.exec(output())?.[1]
    if (url !== undefined) return url
    const exit = await Promise.race([ended, new Promise<undefined>((resolve) => setTimeout(resolve, 20))])
    if (exit) throw new Error(`the gateway ended with code ${exit.code} before it listened:\n${output()}`)
  }
  killGroup(child)
  throw new Error(`the gateway did not listen within ${READY_TIMEOUT_MS / 1_000} s:\n${output()}`)
}

/** Follows first children down to the process that has none: the command's wrapper starts the runtime it ships. */
const innermost = (pid: number): number => {
  const path = `/proc/${pid}/task/${pid}/children`
  const child = existsSync(path) ? Number(readFileSync(path, 'utf8').trim().split(' ')[0]) : 0
  return child > 0 ? innermost(child) : pid
}

const stopRunning = async ({ child, exited, output }: Running): Promise<number | null> => {
  child.kill('SIGTERM')
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), STOP_TIMEOUT_MS).unref())
  const code = await Promise.race([exited, late])
  killGroup(child)
  if (code === 'late')
    throw new Error(`the gateway did not end within ${STOP_TIMEOUT_MS / 1_000} s of SIGTERM:\n${output()}`)
  return code
}

/** Starts the real gateway as a child process on a free port and waits until it says that it listens. */
export const startGateway = async (options: GatewayOptions = {}): Promise<Gateway> => {
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'tollgate-test-'))
  const named = options.config?.['admin_key']
  const adminKey = typeof named === 'string' ? named : ADMIN_KEY
  const config = await configOf(options, folder)
  const running = launch(writeConfig(options, config, folder), options.env ?? {})
  const url = await waitUntilListening(running)
  const cleanUp = (): void => {
    if (options.dataFolder === undefined) rmSync(folder, { recursive: true, force: true })
  }
  return {
    ...adminOf(url, adminKey),
    url,
    pid: innermost(running.child.pid ?? 0),
    adminKey,
    dataFolder: folder,
    database: config.database,
    output: running.output,
    stop: async () => {
      const code = await stopRunning(running)
      cleanUp()
      return code
    },
    kill9: async () => {
      killGroup(running.child)
      await running.exited
      cleanUp()
    },
  }
}
