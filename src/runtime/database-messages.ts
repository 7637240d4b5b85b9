import type { Result } from '../result.ts'
import type { Statement } from './types.ts'

/** What a column holds. Whole numbers always come back as `bigint`, so that no amount passes through a float. */
export type Value = string | number | bigint | null | Uint8Array
export type Row = Readonly<Record<string, Value>>

export interface StatementResult {
  readonly rows: readonly Row[]
  readonly changes: number
}

/**
 * Why an operation did nothing. `guard`: a guarded statement changed no row; `unique` and `constraint`: a rule of the
 * tables forbids it; `full`: no space; `busy`: another process kept the file or the rows locked, or a time limit ended
 * it; `overloaded`: the queue is at its limit; `closed`: the database is closed or its thread died; `unavailable`: the
 * server cannot be reached, or the disk not be written to; `failed`: anything else. Only after `uncertain` is it not known whether
 * the operation was done: the connection was lost between asking for the commit and the answer.
 */
export interface DatabaseFailure {
  readonly kind:
    | 'guard'
    | 'unique'
    | 'constraint'
    | 'full'
    | 'busy'
    | 'overloaded'
    | 'closed'
    | 'unavailable'
    | 'uncertain'
    | 'failed'
  readonly message: string
}

/** One statement of a script: `use` lists which of the call's parameters it takes, in the order of its `?`. */
export interface ScriptStep {
  readonly sql: string
  readonly use: readonly number[]
  /** The whole operation is undone unless this statement changes a row. */
  readonly guard: boolean
  /** The parameter without which (`null`) this statement is passed over. */
  readonly onlyWith?: number | undefined
}

/** Statements with their own text, all or nothing. */
export interface AdHoc {
  readonly statements: readonly Statement[]
}

/**
 * Calls of prepared scripts, one after the other in one flat list, which is by far the cheapest thing to hand to another
 * thread: a script's number, how many parameters follow, and these.
 */
export type Calls = readonly Value[]

export type Request =
  | { readonly kind: 'open'; readonly path: string; readonly busyTimeoutMs: number }
  | { readonly kind: 'prepare'; readonly script: number; readonly steps: readonly ScriptStep[] }
  | Calls
  | { readonly kind: 'batch'; readonly operations: readonly (Calls | AdHoc)[] }
  | { readonly kind: 'leased'; readonly statement: Statement }
  | { readonly kind: 'release' }
  | { readonly kind: 'close' }

/** `null` stands for "done, and nothing to tell", the answer of nearly every operation. */
export type OperationReply = null | Result<readonly StatementResult[], DatabaseFailure>

/** The answer to a batch; `null` when every reply would be `null`. */
export type BatchReply = null | readonly OperationReply[]
