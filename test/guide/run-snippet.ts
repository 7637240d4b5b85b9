import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { PYTHON } from '../sdk/install.ts'

/** Below the installed SDKs, so that what a snippet imports is found. */
const SDK_CACHE = join(import.meta.dir, '..', 'sdk', '.cache')
const OUTPUT_CHARACTERS_MAX = 100_000

/** How a snippet of a language is run, given the file it stands in. */
const PROGRAMS: Readonly<Record<string, { readonly extension: string; readonly command: (file: string) => string[] }>> =
  {
    sh: { extension: 'sh', command: (file) => ['bash', '-euo', 'pipefail', file] },
    python: { extension: 'py', command: (file) => [PYTHON, file] },
    js: { extension: 'mjs', command: (file) => ['node', file] },
  }

/** How one of a language that is only read is read; throws when it cannot be. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  json: JSON.parse,
  toml: (text) => Bun.TOML.parse(text),
  yaml: (text) => parseYaml(text),
  ini: (text) => {
    const wrong = text.split('\n').filter((line) => line !== '' && !/^[A-Z_]+=\S+$/.test(line))
    if (wrong.length > 0) throw new Error(`not NAME=value: ${wrong.join(' ')}`)
  },
}

export const isRun = (language: string): boolean => language in PROGRAMS
export const isRead = (language: string): boolean => language in READERS

/** Reads a snippet as its language demands. Throws when it is not of it. */
export const readSnippet = (language: string, text: string): unknown => READERS[language]?.(text)

export interface Ran {
  readonly code: number | null
  readonly output: string
}

/** A place for snippets to run in, with a key in the environment. */
export interface Bench {
  readonly run: (language: string, text: string) => Promise<Ran>
  readonly remove: () => void
}

/** The snippet's own `curl` takes an answer of 4xx or 5xx for a success; the bench's does not. */
const CURL = '#!/bin/sh\nexec /usr/bin/curl --fail-with-body --silent --show-error "$@"\n'

export const createBench = (key: string): Bench => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-guide-'))
  mkdirSync(SDK_CACHE, { recursive: true })
  const modules = mkdtempSync(join(SDK_CACHE, 'guide-'))
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin', 'curl'), CURL)
  chmodSync(join(folder, 'bin', 'curl'), 0o755)
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    TOLLGATE_API_KEY: key,
    NO_PROXY: '*',
    PYTHONDONTWRITEBYTECODE: '1',
    LANGSMITH_TRACING: 'false',
  }
  let count = 0
  return {
    run: (language, text) => {
      const program = PROGRAMS[language]
      if (!program) throw new Error(`nothing runs ${language}`)
      count += 1
      const file = join(language === 'js' ? modules : folder, `snippet-${count}.${program.extension}`)
      writeFileSync(file, text)
      return start(program.command(file), folder, env)
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
      rmSync(modules, { recursive: true, force: true })
    },
  }
}

const start = (command: readonly string[], cwd: string, env: Record<string, string>): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer): void => {
      if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
