import { type ChildProcess, spawn } from 'node:child_process'
import type { Command, ExitFacts, RunningProcess, StartProcess } from '../providers/claude-cli/process.ts'
import { err, ok, type Result } from '../result.ts'

const STDERR_CHARACTERS_MAX = 2_000
const NEWLINE = 0x0a

/**
 * Starts a process as the leader of a process group of its own, with pipes and an environment of its own, and without a
 * shell. What it leaves behind in its group when it ends is killed.
 */
export const startProcess: StartProcess = async (command) => {
  const { program, args, environment, folder } = command
  let child: ChildProcess
  try {
    child = spawn(program, [...args], {
      cwd: folder,
      env: { ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
  } catch (error) {
    if (isMissing(error)) return err('missing')
    throw error
  }
  const started = await new Promise<unknown>((resolve) => {
    child.once('spawn', () => resolve(undefined))
    child.once('error', resolve)
  })
  if (started === undefined) return ok(running(child, command))
  if (isMissing(started)) return err('missing')
  throw started
}

/**
 * Takes from an environment what the launcher set for this process alone. A program started with it may be made with
 * another Bun, which ends at once over a setting that it does not know. (Bun's own ways to start one, given no
 * environment, take the one that this process was started with.)
 */
export const dropOwnSettings = (environment: NodeJS.ProcessEnv): void => {
  for (const name of Object.keys(environment)) if (name.startsWith('BUN_JSC_')) delete environment[name]
}

const MISSING = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'ENOEXEC', 'EISDIR'])

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && MISSING.has(String(error.code))

const running = (child: ChildProcess, { lineBytesMax, stopTimeoutMs }: Command): RunningProcess => {
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_CHARACTERS_MAX)
  })
  // Whoever writes to a process that has ended learns it from its output.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => undefined)
  const exited = new Promise<ExitFacts>((resolve) => {
    child.once('exit', (code) => {
      signalGroup(child, 'SIGKILL')
      resolve({ code, stderr })
    })
  }).then((facts) => ({ ...facts, stderr: stderr.trim() }))
  let stopped: Promise<void> | undefined
  const stopOnce = (): Promise<void> => {
    stopped ??= stop(child, exited, stopTimeoutMs)
    return stopped
  }
  return {
    readLine: lineReader(child, lineBytesMax),
    write: (text) => write(child, text),
    endInput: () => child.stdin?.end(),
    exited,
    finish: async () => {
      const timeout = Promise.withResolvers<void>()
      const timer = setTimeout(timeout.resolve, stopTimeoutMs)
      await Promise.race([exited, timeout.promise])
      clearTimeout(timer)
      await stopOnce()
    },
    stop: stopOnce,
  }
}

const write = ({ stdin }: ChildProcess, text: string): Promise<void> =>
  new Promise((resolve) => {
    if (!stdin?.writable) resolve()
    else if (stdin.write(text)) resolve()
    else {
      stdin.once('drain', resolve)
      stdin.once('close', () => resolve())
      stdin.once('error', () => resolve())
    }
  })

const stop = async (child: ChildProcess, exited: Promise<ExitFacts>, timeoutMs: number): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) {
    signalGroup(child, 'SIGTERM')
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), timeoutMs)
    await exited
    clearTimeout(timer)
  }
  await exited
  // A reader that waits gets the end of the output, also where somebody else still holds the pipe.
  child.stdout?.destroy()
}

/** The group has the number of its leader, and keeps it as long as anybody is left in it. */
const signalGroup = ({ pid }: ChildProcess, name: NodeJS.Signals): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch (error) {
    // Nobody left is what was wanted; macOS says EPERM of a group of which only what nobody waited for is left.
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

type ReadLine = RunningProcess['readLine']

/** Lines of the output, read as they are asked for: what nobody asks for stays in the pipe. */
const lineReader = ({ stdout }: ChildProcess, bytesMax: number): ReadLine => {
  const chunks: AsyncIterator<Buffer> | undefined = stdout?.[Symbol.asyncIterator]()
  const lines: string[] = []
  let parts: Buffer[] = []
  let length = 0
  let isOver = false

  const addPart = (part: Buffer): void => {
    parts.push(part)
    length += part.length
  }
  const endLine = (): void => {
    lines.push(Buffer.concat(parts).toString('utf8'))
    parts = []
    length = 0
  }
  /** Whether all lines were short enough. */
  const take = (chunk: Buffer): boolean => {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      addPart(chunk.subarray(from, at))
      if (length > bytesMax) return false
      endLine()
      from = at + 1
    }
    addPart(chunk.subarray(from))
    return length <= bytesMax
  }
  const more = async (): Promise<'ok' | 'too-long'> => {
    const next = await nextOf(chunks)
    if (next !== undefined) return take(next) ? 'ok' : 'too-long'
    isOver = true
    if (length > 0) endLine()
    return 'ok'
  }
  return async (): Promise<Result<string | undefined, 'line-too-long'>> => {
    while (lines.length === 0 && !isOver) if ((await more()) === 'too-long') return err('line-too-long')
    return ok(lines.shift())
  }
}

/** A pipe that breaks, or was given up here, has ended. */
const nextOf = async (chunks: AsyncIterator<Buffer> | undefined): Promise<Buffer | undefined> => {
  try {
    const next = await chunks?.next()
    return next?.done === false ? next.value : undefined
  } catch {
    return undefined
  }
}
