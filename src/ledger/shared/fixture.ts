/// What the tests of this folder share; nothing outside tests imports it.
import { type DatabasePlace, makePlace } from '../../../test/harness/databases.ts'
import type { PostgresDatabase, Row } from '../../db/database.ts'
import { migrate } from '../../db/migrate.ts'
import { openStore } from '../../db/store.ts'
import type { Store } from '../../db/types.ts'
import { openPostgres, type PostgresOptions } from '../../runtime/postgres.ts'
import type { Ledger } from '../types.ts'
import { openSharedLedger, type SharedLedgerOptions } from './ledger.ts'

/** One process' part in a shared ledger: connections of its own, and a ledger that knows nothing of the others'. */
export interface Replica {
  readonly database: PostgresDatabase
  readonly ledger: Ledger
  readonly store: Store
  /** What it logged. */
  readonly faults: string[]
}

export interface Replicas {
  readonly address: string
  readonly replicas: readonly [Replica, ...Replica[]]
  remove(): Promise<void>
}

export const openReplica = async (
  address: string,
  options: SharedLedgerOptions & PostgresOptions = {},
): Promise<Replica> => {
  const database = await openPostgres(address, options)
  const migrated = await migrate(database)
  if (!migrated.ok) throw new Error(migrated.error)
  const faults: string[] = []
  const onFault = (message: string): void => void faults.push(message)
  return { database, ledger: openSharedLedger(database, { onFault, ...options }), store: openStore(database), faults }
}

/** Several replicas on one new database of the server that the tests share, or at an address. */
export const openReplicas = async (
  count: number,
  options: SharedLedgerOptions & PostgresOptions = {},
  address?: string,
): Promise<Replicas> => {
  const place: Pick<DatabasePlace, 'address' | 'remove'> | undefined =
    address === undefined ? await makePlace('postgres') : undefined
  const at = address ?? place?.address ?? ''
  const first = await openReplica(at, options)
  const others: Replica[] = []
  while (others.length < count - 1) others.push(await openReplica(at, options))
  const replicas: Replicas['replicas'] = [first, ...others]
  const remove = async (): Promise<void> => {
    for (const { database } of replicas) await database.close()
    await place?.remove()
  }
  return { address: at, replicas, remove }
}

export const rowsOf = async ({ database }: Pick<Replica, 'database'>, sql: string): Promise<readonly Row[]> => {
  const answer = await database.ask({ sql, parameters: [] })
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value.rows
}

/**
 * What every account must stand at, from the transactions and holds alone, with arithmetic of its own: by account,
 * `[posted, held]`.
 */
export const recompute = async (replica: Pick<Replica, 'database'>): Promise<ReadonlyMap<string, [bigint, bigint]>> => {
  const sums = new Map<string, [bigint, bigint]>()
  const add = (id: unknown, posted: bigint, held: bigint): void => {
    const [one, other] = sums.get(String(id)) ?? [0n, 0n]
    sums.set(String(id), [one + posted, other + held])
  }
  for (const row of await rowsOf(replica, 'SELECT from_account_id, to_account_id, amount_nano FROM transactions')) {
    const amount = BigInt(String(row['amount_nano']))
    add(row['from_account_id'], -amount, 0n)
    add(row['to_account_id'], amount, 0n)
  }
  for (const row of await rowsOf(replica, 'SELECT account_id, amount_nano FROM holds'))
    add(row['account_id'], 0n, BigInt(String(row['amount_nano'])))
  return sums
}
