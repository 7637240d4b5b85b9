import type { WireFormat } from '../canon/operation.ts'

/** Systems a client is set up on. */
export type System = 'linux' | 'macos' | 'windows'

/**
 * Where a file is: below the folder that a variable of the environment names, else below `folder`; `~` is the home
 * folder, the name `.` the folder itself. Of several names the first that is there counts, else the first.
 */
export interface Place {
  readonly variable?: string
  readonly folder: string
  readonly names: readonly [string, ...string[]]
}

/** How a file is written, and so how it is changed. */
export type Syntax = 'json' | 'toml' | 'yaml' | 'dotenv' | 'block' | 'whole'

/** When a change is made: with an extension of VS Code, for a shell. */
export type Condition = `extension ${string}` | `shell ${string}`

/**
 * One change of one file. In path and value stand `{base}`, `{key}`, `{model}`, and in values `{model:claude-haiku}`: the
 * newest model whose name begins so, else `{model}`. The value is written as the file's syntax has it.
 */
export interface Change {
  readonly systems?: readonly System[]
  readonly place: Place
  readonly syntax: Syntax
  /** Names from the outside in. Of a block: the list it becomes the first item of, or nothing for the end of the file. */
  readonly path: readonly string[]
  readonly value: string
  readonly when?: Condition
  /** Left alone where there is a value. */
  readonly ifAbsent?: true
}

/** What tells that a client is on a machine. */
export interface Sign {
  readonly systems?: readonly System[]
  /** A folder or file; a star at its end stands for anything. */
  readonly place: Place
}

export interface Client {
  /** As typed: `claude-code`. */
  readonly id: string
  readonly name: string
  /** The wire format it asks in, and the test request too. */
  readonly format: Extract<WireFormat, 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'>
  /** Header its key goes into. */
  readonly auth: 'authorization' | 'x-api-key' | 'x-goog-api-key'
  /** Its command, which tells its version; nothing for those without one. */
  readonly program?: string
  readonly signs: readonly Sign[]
  /** Beginnings of names of models to take, best first, the newest of each; else the newest of all. */
  readonly prefers: readonly string[]
  /** None: it is set up by hand. */
  readonly changes: readonly Change[]
  /** Variables that go above what is set here, so that they must not be set to something else. */
  readonly conflicts: readonly string[]
  /** It is asked for by a server of its maker: an address of this machine does not reach the gateway. */
  readonly remote?: true
  /** What to do by hand, a line each: instead of changes, or after them. `{base}`, `{model}` are filled in, `{key}` never. */
  readonly steps: readonly string[]
}
