import type { Environment } from '../config/substitute.ts'

/** What a command may touch of the world around it. */
export interface Io {
  readonly environment: Environment
  /** Writes to standard output: answers, and nothing else. */
  out(text: string): void
  /** Writes to standard error: mistakes, warnings, hints. */
  problem(text: string): void
}

/** Exit codes. 78 is `EX_CONFIG` of sysexits.h. */
export const EXIT = { success: 0, failure: 1, usage: 2, configuration: 78 } as const

/** One option of a command. Without an `argument` it is a switch. */
export interface Option {
  readonly argument?: string
  readonly help: string
}

/** What was on the command line after the name of the command. */
export interface Call {
  /** By option name; `true` for a switch. */
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
  readonly io: Io
}

export interface Command {
  /** As typed: `keys create`. */
  readonly name: string
  readonly summary: string
  /** The one argument it takes besides options, for the help: `<key id>`; `[client]` may be left out. */
  readonly argument?: string
  readonly options: Readonly<Record<string, Option>>
  /** Resolves to the exit code; `undefined` when the process goes on and ends by itself. */
  run(call: Call): Promise<number | undefined>
}

/** The text of an option; `undefined` when it was not given. */
export const textOf = (call: Call, option: string): string | undefined => {
  const value = call.values[option]
  return typeof value === 'string' ? value : undefined
}

export const CONFIG_OPTION: Readonly<Record<string, Option>> = {
  config: { argument: '<file>', help: 'Configuration file; without it tollgate.yaml, .yml or .json, if there is one' },
}
export const JSON_OPTION: Readonly<Record<string, Option>> = {
  json: { help: 'Print JSON' },
}
