import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

/** One step of a test run: a command, and how its results are counted. */
export interface Stage {
  readonly name: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Gets what it needs besides. When that throws, the stage has failed, and the message says what to do. */
  readonly prepare?: () => Promise<void>
  /** `bun`: by the summary of `bun test`. `exit`: one check, passed when the command ends with 0. */
  readonly counted: 'bun' | 'exit'
}

export interface Score {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** The titles of tests that failed, as far as the output names them. */
  readonly failures: readonly string[]
}

const FAILURE: Score = { passed: 0, failed: 1, skipped: 0, failures: [] }

const OUTPUT_CHARACTERS_MAX = 50_000_000
/** A stage that hangs is ended and counts as failed, with what it had said so far. */
const STAGE_TIMEOUT_MS = 15 * 60_000

const numberBefore = (word: string, output: string): number => {
  const lines = [...output.matchAll(new RegExp(`^ *(\\d+) ${word}\\r?$`, 'gm'))]
  return Number(lines.at(-1)?.[1] ?? 0)
}

/** `bun test` names each failed test where it fails, and once more at its end where there are many. */
const failuresIn = (plain: string): string[] => [
  ...new Set([...plain.matchAll(/^\(fail\) (.+?)(?: \[[\d.]+m?s\])?\r?$/gm)].map(([, title = '']) => title)),
]

/**
 * Reads the score off a finished stage. A stage that failed without a failed test, or that ran no test at all, counts
 * as one failure: silence is never a pass.
 */
export const scoreOf = (stage: Stage, exitCode: number | null, output: string): Score => {
  if (stage.counted === 'exit') return exitCode === 0 ? { ...FAILURE, passed: 1, failed: 0 } : FAILURE
  const plain = stripVTControlCharacters(output)
  const passed = numberBefore('pass', plain)
  const failed = numberBefore('fail', plain)
  const broken = failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : 0
  const skipped = numberBefore('skip', plain) + numberBefore('todo', plain)
  return { passed, failed: failed + broken, skipped, failures: failuresIn(plain) }
}

/** Runs a stage with its output shown as it comes, and scores it. */
export const runStage = async (stage: Stage): Promise<Score> => {
  try {
    await stage.prepare?.()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return FAILURE
  }
  return runCommand(stage)
}

const runCommand = (stage: Stage): Promise<Score> =>
  new Promise((resolve) => {
    const [program = '', ...args] = stage.command
    const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
    const child = spawn(program, args, {
      env: { ...process.env, ...colours, ...stage.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const late = setTimeout(() => {
      process.stderr.write(`\n${stage.name} did not end within ${STAGE_TIMEOUT_MS / 60_000} minutes\n`)
      child.kill('SIGKILL')
    }, STAGE_TIMEOUT_MS)
    let output = ''
    const show = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      stream.write(chunk)
      if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString()
    }
    child.stdout.on('data', show(process.stdout))
    child.stderr.on('data', show(process.stderr))
    child.on('error', (error) => {
      clearTimeout(late)
      process.stderr.write(`${stage.name} could not be started: ${error.message}\n`)
      resolve(FAILURE)
    })
    child.on('close', (code) => {
      clearTimeout(late)
      resolve(scoreOf(stage, code, output))
    })
  })
