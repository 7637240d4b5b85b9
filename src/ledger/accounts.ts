import { userAccountId } from '../db/account-ids.ts'
import type { Database, DatabaseFailure, Row } from '../db/database.ts'
import { ok, type Result } from '../result.ts'
import { type NanoUsd, nanoUsd } from '../units.ts'
import { type SpendId, windowEndMs } from './budgets.ts'
import type { StoredHeading } from './headings.ts'
import type { Balance } from './types.ts'

/** A user's money as this process knows it: the authority, ahead of the disk by what is still being committed. */
export interface Account {
  readonly id: string
  posted: bigint
  held: bigint
  readonly overdraft: bigint
  /** Holds and writes under way. A pinned account is never forgotten: the disk does not know everything about it. */
  pins: number
  /** Memory and disk were seen to disagree: read it again as soon as nothing is under way. */
  stale: boolean
}

/** What a key has spent and set aside, for its budget. */
export interface KeySpend {
  readonly id: string
  spent: bigint
  held: bigint
  pins: number
  stale: boolean
  /** What its last request's receipt was to be headed: most are followed by another of the kind. */
  lastHeading: StoredHeading | undefined
}

/** What one window of a budget has spent and set aside. */
export interface Spend extends SpendId {
  /** How rows and scripts name it: `[subject, window, start, spent at first]`, as JSON. */
  readonly words: string
  spent: bigint
  held: bigint
  pins: number
  stale: boolean
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

/** A window without a row has spent what its subject's receipts say: the budget is newer than its beginning. */
const selectSpend = (spentBefore: string): string => `SELECT s.spent_nano, s.held_nano,
  CASE WHEN s.subject IS NULL THEN (${spentBefore}) END AS before_nano
  FROM (SELECT 1) AS one LEFT JOIN spends s ON s.subject = ? AND s."window" = ? AND s.start_ms = ?`
const SELECT_SPEND = {
  key: selectSpend('SELECT SUM(cost_nano) FROM receipts WHERE key_id = ? AND at_ms >= ? AND at_ms < ?'),
  project: selectSpend(`SELECT SUM(r.cost_nano) FROM keys k JOIN receipts r ON r.key_id = k.id
    WHERE k.project_id = ? AND r.at_ms >= ? AND r.at_ms < ?`),
}

/**
 * The accounts and keys in memory, read from the database at first use. Reads go through the same queue as writes, so
 * what is read already contains everything this process said before. A key that is no row (local mode has one) counts
 * from zero.
 */
export class AccountBook {
  readonly #accounts: Shelf<Account>
  readonly #keys: Shelf<KeySpend>
  readonly #spends: Shelf<Spend>

  constructor(database: Database, entriesMax: number) {
    this.#accounts = new Shelf(entriesMax, async (userId) => {
      const id = userAccountId(userId)
      const row = await readRow(database, SELECT_ACCOUNT, [id])
      return row.ok ? ok(row.value && accountFrom(id, row.value)) : row
    })
    this.#keys = new Shelf(entriesMax, async (keyId) => {
      const row = await readRow(database, SELECT_KEY, [keyId, keyId])
      return row.ok ? ok(keyFrom(keyId, row.value ?? {})) : row
    })
    this.#spends = new Shelf(entriesMax, async (name) => {
      const id = spendIdIn(name)
      const row = await readRow(database, SELECT_SPEND[id.subject.startsWith('key:') ? 'key' : 'project'], [
        id.subject.slice(id.subject.indexOf(':') + 1),
        id.startMs,
        windowEndMs(id.window, id.startMs) ?? Number.MAX_SAFE_INTEGER,
        id.subject,
        id.window,
        id.startMs,
      ])
      return row.ok ? ok(spendFrom(id, row.value ?? {})) : row
    })
  }

  account(userId: string): Account | undefined {
    return this.#accounts.get(userId)
  }

  key(keyId: string): KeySpend | undefined {
    return this.#keys.get(keyId)
  }

  spend(id: SpendId): Spend | undefined {
    return this.#spends.get(nameOf(id))
  }

  /** Sees to it that an account is in memory; `false` when there is no such user. Ask `account` right afterwards. */
  loadAccount(userId: string): Promise<Result<boolean, DatabaseFailure>> {
    return this.#accounts.load(userId)
  }

  loadKey(keyId: string): Promise<Result<boolean, DatabaseFailure>> {
    return this.#keys.load(keyId)
  }

  loadSpend(id: SpendId): Promise<Result<boolean, DatabaseFailure>> {
    return this.#spends.load(nameOf(id))
  }
}

interface Kept {
  pins: number
  stale: boolean
}

type Read<Entry> = (id: string) => Promise<Result<Entry | undefined, DatabaseFailure>>

/** Entries by id, at most about `entriesMax`: the oldest idle ones make room. */
class Shelf<Entry extends Kept> {
  readonly #entries = new Map<string, Entry>()
  readonly #loading = new Map<string, Promise<Result<boolean, DatabaseFailure>>>()
  readonly #entriesMax: number
  readonly #read: Read<Entry>

  constructor(entriesMax: number, read: Read<Entry>) {
    this.#entriesMax = entriesMax
    this.#read = read
  }

  get(id: string): Entry | undefined {
    const entry = this.#entries.get(id)
    if (!entry?.stale || entry.pins > 0) return entry
    this.#entries.delete(id)
    return undefined
  }

  load(id: string): Promise<Result<boolean, DatabaseFailure>> {
    if (this.get(id)) return Promise.resolve(ok(true))
    const loading = this.#loading.get(id) ?? this.#fill(id)
    this.#loading.set(id, loading)
    return loading
  }

  async #fill(id: string): Promise<Result<boolean, DatabaseFailure>> {
    const entry = await this.#read(id)
    this.#loading.delete(id)
    if (!entry.ok) return entry
    if (!entry.value) return ok(false)
    this.#entries.set(id, entry.value)
    // Not now: whoever awaits this entry must find it in the same turn of the event loop.
    if (this.#entries.size > this.#entriesMax) setTimeout(() => this.#makeRoom(), 0)
    return ok(true)
  }

  #makeRoom(): void {
    // Pinned entries are passed over, so looking at a few hundred bounds the work; the rest may exceed the limit.
    let looks = 200
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= this.#entriesMax || looks-- === 0) return
      if (entry.pins === 0) this.#entries.delete(id)
    }
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

const nameOf = ({ subject, window, startMs }: SpendId): string => `${window}/${startMs}/${subject}`

const spendIdIn = (name: string): SpendId => {
  const [window = '', startMs = ''] = name.split('/', 2)
  const subject = name.slice(window.length + startMs.length + 2)
  return { subject, window: window as SpendId['window'], startMs: Number(startMs) }
}

const spendFrom = (id: SpendId, row: Row): Spend => {
  const before = whole(row['before_nano'])
  return {
    ...id,
    words: `[${JSON.stringify(id.subject)},"${id.window}",${id.startMs},${before}]`,
    spent: whole(row['spent_nano']) + before,
    held: whole(row['held_nano']),
    pins: 0,
    stale: false,
  }
}

/** Absent is zero here: no open hold sums to NULL, and a key without a row has spent nothing. */
const whole = (value: Row[string] | undefined): bigint =>
  BigInt(value === undefined || value instanceof Uint8Array ? 0 : (value ?? 0))
