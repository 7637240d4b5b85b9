import { userAccountId } from '../db/account-ids.ts'
import type { Database, DatabaseFailure, Row } from '../db/database.ts'
import { ok, type Result } from '../result.ts'
import { type NanoUsd, nanoUsd } from '../units.ts'
import type { StoredHeading } from './headings.ts'
import type { LiveHolds } from './live-holds.ts'
import { type Kept, Shelf } from './shelf.ts'
import { Spends } from './spends.ts'
import type { Balance } from './types.ts'

/** A user's money as this process knows it: the authority, ahead of the disk by what is still being committed. */
export interface Account extends Kept {
  readonly id: string
  posted: bigint
  held: bigint
  readonly overdraft: bigint
}

/** What a key has spent and set aside, for its budget. */
export interface KeySpend extends Kept {
  readonly id: string
  spent: bigint
  held: bigint
  /** What its last request's receipt was to be headed: most are followed by another of the kind. */
  lastHeading: StoredHeading | undefined
}

export const availableOf = (account: Account): NanoUsd => nanoUsd(account.posted + account.overdraft - account.held)

export const balanceOf = (account: Account): Balance => ({
  posted: nanoUsd(account.posted),
  held: nanoUsd(account.held),
  available: availableOf(account),
})

const SELECT_ACCOUNT = 'SELECT posted_nano, held_nano, overdraft_nano FROM accounts WHERE id = ?'
const SELECT_KEY = `SELECT (SELECT spent_nano FROM keys WHERE id = ?) AS spent_nano,
  (SELECT SUM(amount_nano) FROM holds WHERE key_id = ?) AS held_nano`

/**
 * The accounts and keys in memory, read from the database at first use. Reads go through the same queue as writes, so
 * what is read already contains everything this process said before. A key that is no row (local mode has one) counts
 * from zero. `live`: the holds that have not ended on disk, which who opens the book keeps.
 */
export class AccountBook {
  readonly #accounts: Shelf<Account>
  readonly #keys: Shelf<KeySpend>
  /** The windows of budgets. */
  readonly spends: Spends

  constructor(database: Database, live: LiveHolds, entriesMax: number) {
    this.#accounts = new Shelf(entriesMax, async (userId) => {
      const id = userAccountId(userId)
      const row = await readRow(database, SELECT_ACCOUNT, [id])
      return row.ok ? ok(row.value && accountFrom(id, row.value)) : row
    })
    this.#keys = new Shelf(entriesMax, async (keyId) => {
      const row = await readRow(database, SELECT_KEY, [keyId, keyId])
      return row.ok ? ok(keyFrom(keyId, row.value ?? {})) : row
    })
    this.spends = new Spends(database, live, entriesMax)
  }

  account(userId: string): Account | undefined {
    return this.#accounts.get(userId)
  }

  key(keyId: string): KeySpend | undefined {
    return this.#keys.get(keyId)
  }

  /** Sees to it that an account is in memory; `false` when there is no such user. Ask `account` right afterwards. */
  loadAccount(userId: string): Promise<Result<boolean, DatabaseFailure>> {
    return this.#accounts.load(userId)
  }

  loadKey(keyId: string): Promise<Result<boolean, DatabaseFailure>> {
    return this.#keys.load(keyId)
  }
}

const readRow = async (
  database: Database,
  sql: string,
  parameters: readonly (string | number)[],
): Promise<Result<Row | undefined, DatabaseFailure>> => {
  const answer = await database.run([{ sql, parameters }])
  return answer.ok ? ok(answer.value[0]?.rows[0]) : answer
}

const accountFrom = (id: string, row: Row): Account => ({
  id,
  posted: whole(row['posted_nano']),
  held: whole(row['held_nano']),
  overdraft: whole(row['overdraft_nano']),
  pins: 0,
  stale: false,
})

const keyFrom = (id: string, row: Row): KeySpend => ({
  id,
  spent: whole(row['spent_nano']),
  held: whole(row['held_nano']),
  pins: 0,
  stale: false,
  lastHeading: undefined,
})

/** Absent is zero here: no open hold sums to NULL, and a key without a row has spent nothing. */
const whole = (value: Row[string] | undefined): bigint =>
  BigInt(value === undefined || value instanceof Uint8Array ? 0 : (value ?? 0))
