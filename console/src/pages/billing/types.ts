import type { Schema } from '../../api/types.ts'

/** A posting of the account, newest first. */
export type Posting = Schema<'AccountPosting'>

/** What moved in one month of UTC. */
export type Invoice = Schema<'Invoice'>
