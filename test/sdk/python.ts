import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { PYTHON } from './install.ts'

/** What one check of a Python script saw, or why it failed. */
export interface Seen {
  readonly saw?: Readonly<Record<string, unknown>>
  readonly error?: string
}

export type Results = Readonly<Record<string, Seen>>

/** Runs one of the scripts in `python/` to its end and reads what its checks saw. */
export const runPython = (script: string, url: string, key: string): Promise<Results> =>
  new Promise((resolve, reject) => {
    const child = spawn(PYTHON, [join(import.meta.dir, 'python', script)], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TOLLGATE_URL: url,
        TOLLGATE_KEY: key,
        NO_PROXY: '*',
        PYTHONDONTWRITEBYTECODE: '1',
        LANGSMITH_TRACING: 'false',
      },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0
        ? resolve(JSON.parse(stdout) as Results)
        : reject(new Error(`${script} ended with ${code}:\n${stderr}`)),
    )
  })

/** What a check saw; throws with its own failure when it saw nothing. */
export const sawIn = (results: Results, name: string): Readonly<Record<string, unknown>> => {
  const { saw, error } = results[name] ?? { error: `there is no check "${name}"` }
  if (saw === undefined) throw new Error(error)
  return saw
}
