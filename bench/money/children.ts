import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A process of the benchmark. It ends when this one does. */
export interface Child {
  readonly pid: number
  /** Sends an order and waits for the answer to it; one at a time. */
  ask<Answer>(order: unknown): Promise<Answer>
  /** SIGTERM, and waits until it is gone. */
  stop(): Promise<void>
}

const LEASH = join(import.meta.dir, 'leash.ts')
const STOP_MS = 10_000

/** Starts a script. Given a pattern, waits until it has said what matches, and tells what the first group matched. */
export const startChild = async (
  script: string,
  args: readonly string[],
  ready?: RegExp,
): Promise<Child & { readonly said: string }> => {
  const child = spawn(process.execPath, ['--no-install', '--preload', LEASH, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const said = await saying(child, ready)
  return {
    said,
    pid: child.pid ?? 0,
    ask: (order) =>
      new Promise((resolve, reject) => {
        const onExit = (code: number | null): void => reject(new Error(`${script} ended with code ${code}`))
        child.once('exit', onExit)
        child.once('message', (answer) => {
          child.off('exit', onExit)
          resolve(answer as never)
        })
        child.send(order as never)
      }),
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await gone
      clearTimeout(late)
    },
  }
}

const saying = (child: ChildProcess, pattern: RegExp | undefined): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    if (!pattern) resolve('')
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString()
      const found = pattern?.exec(text)
      if (found) resolve(found[1] ?? '')
    })
    child.on('exit', (code) => reject(new Error(`ended with code ${code} before it was ready: ${text}`)))
  })

const statOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')

/** CPU time of all threads of a process so far, in microseconds; the kernel counts in hundredths of a second. */
export const cpuMicrosOf = (pid: number): number => {
  const fields = statOf(pid)
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

export const parentOf = (pid: number): number => Number(statOf(pid)[1])
