import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createAccounts } from '../../src/accounts/accounts.ts'
import type { Accounts } from '../../src/accounts/types.ts'
import { loadBase } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openStore } from '../../src/db/store.ts'
import { openDatabase } from '../../src/runtime/database.ts'
import { createPasswords } from '../../src/runtime/passwords.ts'
import { PASSWORD } from './stage.ts'

/// Whoever is answered sooner has learnt something. What takes the time is a hash of argon2id, so it is counted here that
/// it is made as often, whoever is asked for; `npm run bench -- sign-in` measures what is left.

const OTHER_PASSWORD = 'another horse, another battery'

interface Work {
  hashed: number
  verified: number
}

let database: Database
let accounts: Accounts
const work: Work = { hashed: 0, verified: 0 }

/** The real ones, counted. */
const countedPasswords = () => {
  const passwords = createPasswords({ atOnce: 2, waitingMax: 10 })
  return {
    hash: (password: string) => {
      work.hashed += 1
      return passwords.hash(password)
    },
    verify: (password: string, hash: string) => {
      work.verified += 1
      return passwords.verify(password, hash)
    },
  }
}

const configOf = () => {
  const loaded = loadBase({ text: 'accounts: { sign_up: open }', environment: {} })
  if (!loaded.ok) throw new Error('the configuration of the tests is wrong')
  return loaded.value.config.accounts
}

beforeAll(async () => {
  database = await openDatabase(':memory:')
  const migrated = await migrate(database, { nowMs: Date.now })
  if (!migrated.ok) throw new Error(migrated.error)
  const store = openStore(database, { nowMs: Date.now })
  accounts = createAccounts({
    ...{ config: configOf(), store, rows: store.signIn, publicUrl: 'http://127.0.0.1:8000', nowMs: Date.now },
    ...{ secret: 'a secret of the tests, and long enough for one', mailer: undefined, passwords: countedPasswords() },
    ...{
      welcome: async () => undefined,
      terms: () => ({ plan: null }),
      onError: (message) => expect(message).toBe(''),
    },
  })
  for (const email of ['known@example.com', 'disabled@example.com', 'elsewhere@example.com'])
    await call('/sign-up/email', { name: 'Ada', email, password: PASSWORD })
  const idOf = async (email: string) => {
    const [found] = await store.signIn.select('people', { where: [whereIs('email', email)] })
    return String(found?.['id'])
  }
  await store.people.update(await idOf('disabled@example.com'), { disabled: true })
  // As somebody who signs in at another place alone has it.
  await store.signIn.remove('credentials', [whereIs('person_id', await idOf('elsewhere@example.com'))])
})
afterAll(() => database.close())

const whereIs = (field: string, value: string) => ({ field, value, operator: 'eq', connector: 'AND' }) as const

const call = async (path: string, body: object): Promise<number> => {
  const common = {
    method: 'POST',
    search: '',
    cookie: null,
    userAgent: null,
    address: '127.0.0.1',
    invitation: undefined,
  }
  const answered = await accounts.call({ ...common, path, body: JSON.stringify(body) })
  await answered.text()
  return answered.status
}

/** How many hashes a call came to, of whatever kind. */
const workOf = async (path: string, body: object): Promise<readonly [status: number, hashes: number]> => {
  const before = work.hashed + work.verified
  const status = await call(path, body)
  return [status, work.hashed + work.verified - before]
}

describe('the work of signing in', () => {
  test.each([
    ['a wrong password', 'known@example.com', OTHER_PASSWORD],
    ['an address that nobody has', 'nobody@example.com', PASSWORD],
    ['somebody who was shut out, with their password', 'disabled@example.com', PASSWORD],
    ['somebody who was shut out, with a wrong one', 'disabled@example.com', OTHER_PASSWORD],
    ['somebody who has no password', 'elsewhere@example.com', PASSWORD],
  ])('is one hash, and the refusal the same: %s', async (_, email, password) => {
    expect(await workOf('/sign-in/email', { email, password })).toEqual([401, 1])
  })

  test('is one hash where it succeeds, too', async () => {
    expect(await workOf('/sign-in/email', { email: 'known@example.com', password: PASSWORD })).toEqual([200, 1])
  })

  test.each([
    ['an address that is new', 'new@example.com'],
    ['an address that has an account', 'known@example.com'],
  ])('is one hash for signing up, with the same status: %s', async (_, email) => {
    expect(await workOf('/sign-up/email', { name: 'Ada', email, password: PASSWORD })).toEqual([200, 1])
  })
})
