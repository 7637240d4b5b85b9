/// What the tests of this folder share; nothing outside tests imports it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Receipt } from '../canon/receipt.ts'
import { NO_USAGE } from '../canon/usage.ts'
import type { Database, PostgresDatabase } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { openStore } from '../db/store.ts'
import type { Store } from '../db/types.ts'
import { type DatabaseOptions, openDatabase } from '../runtime/database.ts'
import { openPostgres, type PostgresOptions } from '../runtime/postgres.ts'
import { type NanoUsd, nanoUsd, nanoUsdPerMtok, ONE, partsPerMillion, tokens, ZERO_USD } from '../units.ts'
import { openLedger } from './ledger.ts'
import { openSharedLedger, type SharedLedgerOptions } from './shared/ledger.ts'
import type { HoldRequest, Ledger, Settlement } from './types.ts'

export interface Bench {
  readonly path: string
  readonly database: Database
  readonly store: Store
  readonly ledger: Ledger
  close(): Promise<void>
}

export const temporaryFolder = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export type LedgerOptions = SharedLedgerOptions

/** The ledger that belongs to a database. */
export const ledgerOf = (database: Database, options: LedgerOptions = {}): Ledger =>
  database.dialect === 'postgres'
    ? openSharedLedger(database as PostgresDatabase, options)
    : openLedger(database, options)

/** A migrated database with a store and a ledger over it. `path`: of a file, or the address of a PostgreSQL database. */
export const openBench = async (
  path: string,
  options: DatabaseOptions & PostgresOptions & LedgerOptions = {},
): Promise<Bench> => {
  const isPostgres = path.startsWith('postgres://')
  const database = isPostgres ? await openPostgres(path, options) : await openDatabase(path, options)
  const migrated = await migrate(database)
  if (!migrated.ok) throw new Error(migrated.error)
  const store = openStore(database)
  return { path, database, store, ledger: ledgerOf(database, options), close: () => database.close() }
}

let made = 0

/** A user with a key and, unless zero, a first credit. */
export const makeUser = async (
  { store, ledger }: Pick<Bench, 'store' | 'ledger'>,
  credit: bigint,
  overdraft = 0n,
  projectId: string | null = null,
): Promise<{ readonly userId: string; readonly keyId: string }> => {
  made += 1
  const email = `user${made}-${process.pid}@example.com`
  const user = await store.users.create({ email, plan: null, rateMultiplier: ONE, overdraft: nanoUsd(overdraft) })
  if (!user.ok) throw new Error(user.error.message)
  const userId = user.value.id
  const key = await store.keys.create(
    {
      userId,
      projectId,
      name: 'test',
      group: 'default',
      prefix: 'sk-tg-test',
      models: null,
      ipAllow: null,
      scopes: [],
      labels: [],
      rpm: null,
      tpm: null,
      itpm: null,
      otpm: null,
      concurrency: null,
      budgets: [],
      expiresAtMs: null,
    },
    `hash-${userId}`,
  )
  if (credit !== 0n) {
    const given = await ledger.credit({
      userId,
      amount: nanoUsd(credit),
      reason: 'test',
      idempotencyKey: `first-${userId}`,
    })
    if (!given.ok) throw new Error(given.error.message)
  }
  return { userId, keyId: key.id }
}

export const holdRequest = (
  who: { readonly userId: string; readonly keyId: string },
  requestId: string,
  amount: bigint,
  more: Partial<HoldRequest> = {},
): HoldRequest => ({
  requestId,
  ...who,
  budgets: [],
  amount: nanoUsd(amount),
  atMs: 1_760_000_000_000,
  expiresAtMs: Date.now() + 900_000,
  heading: receiptOf(who, requestId),
  ...more,
})

const PRICE = nanoUsdPerMtok(3_000_000_000n)

/** A receipt of an ordinary request, as a settlement would write it. */
export const receiptOf = (
  who: { readonly userId: string; readonly keyId: string },
  requestId: string,
  more: Partial<Receipt> = {},
): Receipt => ({
  requestId,
  atMs: 1_760_000_000_000,
  userId: who.userId,
  keyId: who.keyId,
  projectId: null,
  group: 'default',
  clientFormat: 'openai-chat',
  upstreamFormat: 'openai-chat',
  action: 'generate',
  modelRequested: 'fast',
  modelServed: 'model-1',
  provider: 'provider-1',
  channel: 'channel-1',
  attempts: [{ channel: 'channel-1', status: 200, error: null, ms: 812 }],
  status: 200,
  stream: true,
  ended: 'whole',
  usage: { ...NO_USAGE, input: tokens(1_200), output: tokens(340) },
  usageSource: 'upstream',
  rawUsage: { prompt_tokens: 1_200, completion_tokens: 340 },
  prices: {
    input: PRICE,
    output: PRICE,
    cacheRead: PRICE,
    cacheWrite5m: PRICE,
    cacheWrite1h: PRICE,
    inputAudio: undefined,
    outputAudio: undefined,
  },
  multipliers: { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) },
  quote: ZERO_USD,
  cost: ZERO_USD,
  uncollected: ZERO_USD,
  latencyMs: 812,
  ttftMs: 210,
  overheadMs: 1,
  warnings: [],
  ...more,
})

/** The receipt callback of `settle`. */
export const receiptFor =
  (who: { readonly userId: string; readonly keyId: string }, requestId: string) =>
  ({ charged, uncollected }: Settlement): Receipt =>
    receiptOf(who, requestId, { cost: charged, uncollected })

export const usd = (amount: bigint): NanoUsd => nanoUsd(amount)
