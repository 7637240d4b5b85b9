import { PLATFORM_REVENUE, userAccountId } from '../db/account-ids.ts'
import { type Database, DatabaseError, type Dialect, type Row, type Value } from '../db/database.ts'
import { above, exactSum, exactText, halvesOf, readExactSum } from '../db/exact-sum.ts'
import { formatUsd, nanoUsd } from '../units.ts'
import type { LedgerCheck } from './types.ts'

/** Faults of one kind that are named; the rest are only counted. */
const FAULTS_NAMED_MAX = 20

/** A rule that must hold: `sql` finds what breaks it, with columns `id`, `found` and `expected`. */
interface Rule {
  readonly says: string
  readonly sql: string
}

/** For `FROM`: the windows that the holds `h` are counted in, one to a row. */
const COUNTED_IN: Readonly<Record<Dialect, string>> = {
  sqlite: 'json_each(h.budgets) AS b',
  postgres: 'json_array_elements(CAST(h.budgets AS json)) AS b (value)',
}

const rulesFor = (dialect: Dialect): readonly Rule[] => [...RULES, heldRule(COUNTED_IN[dialect])]

const RULES: readonly Rule[] = [
  {
    says: 'the transaction of ID posts FOUND to an account that does not exist',
    sql: `SELECT p.reference AS id, p.amount_nano AS found, 0 AS expected
      FROM postings p LEFT JOIN accounts a ON a.id = p.account_id WHERE a.id IS NULL`,
  },
  {
    says: 'the transaction of ID posts FOUND to and from one account',
    sql: `SELECT reference AS id, amount_nano AS found, 0 AS expected
      FROM transactions WHERE from_account_id = to_account_id`,
  },
  {
    says: 'request ID holds FOUND of an account that does not exist',
    sql: `SELECT h.request_id AS id, h.amount_nano AS found, 0 AS expected
      FROM holds h LEFT JOIN accounts a ON a.id = h.account_id WHERE a.id IS NULL`,
  },
  {
    says: 'account ID shows FOUND and its postings sum to EXPECTED',
    sql: `SELECT a.id, a.posted_nano AS found, ${exactText('p.total')} AS expected FROM accounts a
      LEFT JOIN (SELECT account_id, ${halvesOf('amount_nano', 'total')} FROM postings GROUP BY account_id) p
      ON p.account_id = a.id WHERE a.kind = 'user' AND ${above('a.posted_nano', 'p.total')} <> 0`,
  },
  {
    says: 'account ID shows FOUND held and its open holds sum to EXPECTED',
    sql: `SELECT a.id, a.held_nano AS found, ${exactText('h.total')} AS expected FROM accounts a
      LEFT JOIN (SELECT account_id, ${halvesOf('amount_nano', 'total')} FROM holds GROUP BY account_id) h
      ON h.account_id = a.id WHERE ${above('a.held_nano', 'h.total')} <> 0`,
  },
  {
    says: 'account ID stands at FOUND with its holds, below its limit of EXPECTED',
    sql: `SELECT id, posted_nano - held_nano AS found, -overdraft_nano AS expected FROM accounts
      WHERE kind = 'user' AND posted_nano - held_nano < -overdraft_nano`,
  },
  {
    says: 'request ID still holds FOUND though it has ended',
    sql: `SELECT h.request_id AS id, h.amount_nano AS found, 0 AS expected FROM holds h
      WHERE EXISTS (SELECT 1 FROM receipts r WHERE r.request_id = h.request_id)
      OR EXISTS (SELECT 1 FROM transactions t WHERE t.kind = 'charge' AND t.reference = h.request_id)`,
  },
  {
    says: 'request ID was charged FOUND and has no receipt',
    sql: `SELECT t.reference AS id, t.amount_nano AS found, 0 AS expected FROM transactions t
      LEFT JOIN receipts r ON r.request_id = t.reference WHERE t.kind = 'charge' AND r.seq IS NULL`,
  },
  {
    says: 'the receipt of request ID says FOUND and EXPECTED was charged',
    sql: `SELECT r.request_id AS id, r.cost_nano AS found, COALESCE(t.amount_nano, 0) AS expected FROM receipts r
      LEFT JOIN transactions t ON t.kind = 'charge' AND t.reference = r.request_id
      AND t.from_account_id = '${userAccountId('')}' || r.user_id AND t.to_account_id = '${PLATFORM_REVENUE}'
      WHERE r.cost_nano <> COALESCE(t.amount_nano, 0)`,
  },
  {
    says: 'request ID has a hold or receipt whose heading does not exist',
    sql: `SELECT request_id AS id, 0 AS found, 0 AS expected FROM
      (SELECT request_id, heading_id FROM holds UNION ALL SELECT request_id, heading_id FROM receipts) AS written
      WHERE heading_id NOT IN (SELECT id FROM headings)`,
  },
  {
    says: 'key ID shows FOUND spent and its charges sum to EXPECTED',
    sql: `SELECT k.id, k.spent_nano AS found, ${exactText('r.total')} AS expected FROM keys k
      LEFT JOIN (SELECT key_id, ${halvesOf('cost_nano', 'total')} FROM receipts GROUP BY key_id) r ON r.key_id = k.id
      WHERE ${above('k.spent_nano', 'r.total')} <> 0`,
  },
  {
    says: 'of request ID FOUND was refunded, and EXPECTED was charged',
    sql: `SELECT r.refunded_request_id AS id, ${exactText('r.total')} AS found, COALESCE(t.amount_nano, 0) AS expected
      FROM (SELECT refunded_request_id, ${halvesOf('amount_nano', 'total')} FROM transactions
        WHERE refunded_request_id IS NOT NULL GROUP BY refunded_request_id) r
      LEFT JOIN transactions t ON t.kind = 'charge' AND t.reference = r.refunded_request_id
      WHERE ${above('COALESCE(t.amount_nano, 0)', 'r.total')} < 0`,
  },
  {
    says: 'a budget of ID shows FOUND spent, less than nothing',
    sql: 'SELECT subject AS id, spent_nano AS found, 0 AS expected FROM spends WHERE spent_nano < 0',
  },
]

const heldRule = (countedIn: string): Rule => ({
  says: 'a budget of ID shows FOUND held and the holds counted in it sum to EXPECTED',
  sql: `SELECT subject AS id, ${exactSum('found')} AS found, ${exactSum('expected')} AS expected FROM
    (SELECT subject, "window", start_ms, held_nano AS found, 0 AS expected FROM spends
      UNION ALL SELECT b.value ->> 0, b.value ->> 1, CAST(b.value ->> 2 AS bigint), 0, h.amount_nano
      FROM holds h CROSS JOIN ${countedIn} WHERE h.budgets IS NOT NULL) AS counted
    GROUP BY subject, "window", start_ms HAVING SUM(found - expected) <> 0`,
})

const COUNTS = `SELECT (SELECT COUNT(*) FROM accounts) AS accounts, (SELECT COUNT(*) FROM postings) AS postings,
  (SELECT COUNT(*) FROM holds) AS open_holds,
  (SELECT ${exactSum('amount_nano')} FROM postings) AS total`

/** Proves the ledger from its rows, all of them read at one moment. Throws `DatabaseError` when they cannot be read. */
export const checkLedger = async (database: Database): Promise<LedgerCheck> => {
  const rules = rulesFor(database.dialect)
  const statements = [COUNTS, ...rules.map(({ sql }) => sql)].map((sql) => ({ sql, parameters: [] }))
  const answer = await database.run(statements)
  if (!answer.ok) throw new DatabaseError(answer.error)
  const [counts, ...broken] = answer.value
  const row = counts?.rows[0] ?? {}
  const sum = nanoUsd(readExactSum(row['total']))
  const faults = rules.flatMap((rule, index) => describe(rule, broken[index]?.rows ?? []))
  if (sum !== 0n) faults.unshift(`all postings sum to ${formatUsd(sum)} USD, not to zero`)
  return {
    ok: faults.length === 0,
    accounts: Number(row['accounts']),
    postings: Number(row['postings']),
    openHolds: Number(row['open_holds']),
    sum,
    faults,
  }
}

const describe = ({ says }: Rule, rows: readonly Row[]): string[] => {
  const named = rows.slice(0, FAULTS_NAMED_MAX).map((row) => say(says, row))
  if (rows.length > named.length) named.push(`… and ${rows.length - named.length} more like the last`)
  return named
}

const say = (says: string, row: Row): string => {
  const amount = (value: Value | undefined): string => `${formatUsd(readExactSum(value))} USD`
  return says
    .replace('FOUND', () => amount(row['found']))
    .replace('EXPECTED', () => amount(row['expected']))
    .replace('ID', () => String(row['id']))
}
