import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { loadBase } from '../config/load.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { openStore } from '../db/store.ts'
import type { Store } from '../db/types.ts'
import { fault } from '../errors.ts'
import { openLedger } from '../ledger/ledger.ts'
import type { Ledger } from '../ledger/types.ts'
import { err } from '../result.ts'
import { openDatabase } from '../runtime/database.ts'
import { nanoUsd } from '../units.ts'
import { type AccountParts, accountsOf, giveStartingCredits } from './accounts.ts'

let database: Database
let store: Store
let ledger: Ledger
let warnings: number
beforeEach(async () => {
  database = await openDatabase(':memory:')
  const migrated = await migrate(database, { nowMs: Date.now })
  if (!migrated.ok) throw new Error(migrated.error)
  store = openStore(database, { nowMs: Date.now })
  ledger = openLedger(database, { nowMs: Date.now })
  warnings = 0
})
afterEach(() => database.close())

/** `refusals`: how often the ledger is too busy before it takes a credit. */
const partsOf = (startingCredit: string, refusals = 0): AccountParts => {
  const loaded = loadBase({
    text: `accounts: { sign_up: open, starting_credit_usd: "${startingCredit}" }`,
    environment: {},
  })
  if (!loaded.ok) throw new Error('the configuration of the tests is wrong')
  let left = refusals
  const credit: Ledger['credit'] = async (request) => {
    left -= 1
    return left < 0 ? ledger.credit(request) : err(fault('overloaded', 'The ledger is busy.'))
  }
  const note = (): void => {
    warnings += 1
  }
  const log = { warn: note, error: note } as unknown as AccountParts['log']
  return { config: loaded.value.config, store, ledger: { credit }, plans: () => new Map(), log }
}

const PERSON = { email: 'ada@example.com', password: 'correct horse battery staple' }

const signInFirst = async (parts: AccountParts): Promise<void> => {
  const accounts = accountsOf(parts, 'a secret of the tests, and long enough for one')
  const common = { method: 'POST', search: '', cookie: null, userAgent: null, address: '', invitation: undefined }
  for (const [path, body] of [
    ['/sign-up/email', { name: 'Ada', ...PERSON }],
    ['/sign-in/email', PERSON],
    ['/sign-in/email', PERSON],
  ] as const)
    expect((await accounts.call({ ...common, path, body: JSON.stringify(body) })).status).toBe(200)
}

const postedTo = async (email: string): Promise<bigint> => {
  const user = await store.users.findByEmail(email)
  const balance = await ledger.balance(user?.id ?? '')
  if (!balance.ok) throw new Error(balance.error.message)
  return balance.value.posted
}

describe('the starting credit', () => {
  test('is given at the first sign-in, and at no other', async () => {
    await signInFirst(partsOf('5'))
    expect(await postedTo(PERSON.email)).toBe(nanoUsd(5_000_000_000n))
    expect(await store.settings.beginning('starting-credit/')).toEqual([])
  })

  test('that the ledger did not take keeps nobody out, and is given later, once', async () => {
    const parts = partsOf('5', 2)
    await signInFirst(parts)
    expect([await postedTo(PERSON.email), warnings]).toEqual([nanoUsd(0n), 1])
    await giveStartingCredits(parts)
    expect(await postedTo(PERSON.email)).toBe(nanoUsd(0n))
    for (let time = 0; time < 3; time += 1) await giveStartingCredits(parts)
    expect(await postedTo(PERSON.email)).toBe(nanoUsd(5_000_000_000n))
  })

  test('is what it was when somebody came, whatever the configuration says later', async () => {
    await signInFirst(partsOf('5', 1))
    await giveStartingCredits(partsOf('9'))
    expect(await postedTo(PERSON.email)).toBe(nanoUsd(5_000_000_000n))
  })

  test('that was given just before the process died is not given again', async () => {
    await signInFirst(partsOf('5'))
    const user = await store.users.findByEmail(PERSON.email)
    await store.settings.set(`starting-credit/${user?.id}`, '5000000000')
    await giveStartingCredits(partsOf('5'))
    expect(await postedTo(PERSON.email)).toBe(nanoUsd(5_000_000_000n))
  })

  test('of nothing is owed to nobody', async () => {
    await signInFirst(partsOf('0'))
    expect([await postedTo(PERSON.email), warnings]).toEqual([nanoUsd(0n), 0])
  })
})
