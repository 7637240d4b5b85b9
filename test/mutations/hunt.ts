import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Copy, copyTree } from './copy.ts'
import type { Line } from './lines.ts'
import type { Ladder, Rung } from './rungs.ts'

/** What became of a line that was deleted. */
export interface Verdict {
  readonly line: Line
  /** The tests that failed without it; `undefined`: none did. */
  readonly killedBy?: string
}

export interface Hunt {
  readonly root: string
  readonly lines: readonly Line[]
  readonly ladder: Ladder
  /** How many copies of the tree are worked on at a time. */
  readonly workers: number
  /** What of the tree is copied, where that is not the usual. */
  readonly names?: readonly string[]
  readonly onVerdict?: (verdict: Verdict, done: number) => void
}

/**
 * Deletes one line after the other in copies of the tree, and runs the tests of its ladder until one fails. Tests that
 * fail without any deletion prove nothing: then it throws.
 */
export const hunt = async ({ root, lines, ladder, workers, names, onVerdict }: Hunt): Promise<readonly Verdict[]> => {
  const verdicts: Verdict[] = []
  const queue = lines.values()
  const work = async (copy: Copy): Promise<void> => {
    const judge = createJudge(copy, ladder)
    for (const line of queue) {
      const verdict = await judge(line)
      verdicts.push(verdict)
      onVerdict?.(verdict, verdicts.length)
    }
  }
  const copies = Array.from({ length: Math.min(workers, lines.length) }, () => copyTree(root, names))
  try {
    await Promise.all(copies.map(work))
  } finally {
    for (const copy of copies) copy.remove()
  }
  return verdicts
}

/** A deletion may make a loop without an end. */
const TIMES_AS_LONG = 15
const TIMEOUT_MIN_MS = 20_000
const BASELINE_TIMEOUT_MS = 10 * 60_000

const testCommand = ({ paths }: Rung): readonly string[] => [
  ...[process.execPath, '--no-install', '--no-env-file', `--config=${join('bin', 'bunfig.toml')}`],
  ...['test', '--bail', `--timeout=${BASELINE_TIMEOUT_MS}`, ...paths.map((path) => `./${path}`)],
]

const createJudge = (copy: Copy, ladder: Ladder): ((line: Line) => Promise<Verdict>) => {
  const timeouts = new Map<string, number>()
  /** How long tests may take, once they have passed with nothing deleted. */
  const timeoutOf = async (rung: Rung): Promise<number> => {
    const key = rung.paths.join()
    const known = timeouts.get(key)
    if (known !== undefined) return known
    const start = performance.now()
    if (!(await copy.run(testCommand(rung), BASELINE_TIMEOUT_MS)))
      throw new Error(`these tests fail with nothing deleted: ${rung.paths.join(' ')}`)
    const timeoutMs = Math.max(TIMEOUT_MIN_MS, TIMES_AS_LONG * (performance.now() - start))
    timeouts.set(key, timeoutMs)
    return timeoutMs
  }
  return async (line) => {
    const file = join(copy.root, line.path)
    const whole = readFileSync(file, 'utf8')
    try {
      for (const rung of ladder(line.path)) {
        writeFileSync(file, whole)
        const timeoutMs = await timeoutOf(rung)
        writeFileSync(file, line.without)
        if (!(await copy.run(testCommand(rung), timeoutMs))) return { line, killedBy: rung.name }
      }
      return { line }
    } finally {
      writeFileSync(file, whole)
    }
  }
}
