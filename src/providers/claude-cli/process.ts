import type { Result } from '../../result.ts'

/** What is started: never through a shell. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  /** Longest line of its output that is taken. */
  readonly lineBytesMax: number
  /** How long it may take to end when asked to, before it is killed. */
  readonly stopTimeoutMs: number
}

export interface ExitFacts {
  /** `null`: ended by a signal, or never started. */
  readonly code: number | null
  /** What it said last on standard error, for the log only. */
  readonly stderr: string
}

/** A process that runs, in a process group of its own. */
export interface RunningProcess {
  /** The next line of its output, without the line end; `undefined` at the end. Fails on a line that is too long. */
  readLine(): Promise<Result<string | undefined, 'line-too-long'>>
  /** Gives it input; resolves once there is room for more. What a process that has ended is given is lost. */
  write(text: string): Promise<void>
  /** There will be no more input. */
  endInput(): void
  /** Resolves once it has ended. */
  readonly exited: Promise<ExitFacts>
  /** Lets it end by itself, for as long as it may take when asked to, and then stops it. */
  finish(): Promise<void>
  /** Ends the whole group: asks, waits, kills. Resolves once nothing of it is left; may be called again. */
  stop(): Promise<void>
}

/** Starts a process; `missing`: there is no such program, or it is not to be run. */
export type StartProcess = (command: Command) => Promise<Result<RunningProcess, 'missing'>>

/** Folders that processes run in: empty to begin with, and of nobody else. */
export interface Folders {
  /** Makes the folder of a place anew, with this one file beside it. */
  make(place: number, text: string): Promise<{ readonly folder: string; readonly file: string }>
  /** Removes what was made for a place. */
  clear(place: number): Promise<void>
  /** Removes everything. */
  close(): Promise<void>
}
