import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What one start of the stand-in noted of itself. */
export interface Start {
  readonly pid: number
  readonly args?: readonly string[]
  readonly system?: string
  readonly cwd?: string
  readonly files?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly turns?: readonly Readonly<Record<string, unknown>>[]
  readonly child?: number
}

export interface StandIn {
  readonly command: string
  readonly logFile: string
  /** What it noted, in order. */
  notes(): readonly Start[]
  remove(): void
}

/** The stand-in as a command of one file, as `claude` is. */
export const installStandIn = (): StandIn => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-stand-in-'))
  const [command, logFile] = [join(folder, 'claude'), join(folder, 'log.jsonl')]
  const script = join(import.meta.dir, 'stand-in.ts')
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`)
  chmodSync(command, 0o755)
  return {
    command,
    logFile,
    notes: () =>
      existsSync(logFile)
        ? readFileSync(logFile, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as Start)
        : [],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
