import type { Database, ScriptId, ScriptStep } from '../db/database.ts'

/** The ledger's writes as prepared scripts, each all or nothing. Parameters go in the order of the name lists. */
export interface LedgerScripts {
  readonly hold: ScriptId
  readonly charge: ScriptId
  readonly giveBack: ScriptId
  readonly receipt: ScriptId
  readonly order: ScriptId
}

export const prepareScripts = (database: Database): LedgerScripts => ({
  hold: database.prepare(script(HOLD_PARAMETERS, HOLD)),
  charge: database.prepare(script(CHARGE_PARAMETERS, CHARGE)),
  giveBack: database.prepare(script(GIVE_BACK_PARAMETERS, GIVE_BACK)),
  receipt: database.prepare(script(RECEIPT_PARAMETERS, RECEIPT)),
  order: database.prepare(script(ORDER_PARAMETERS, ORDER)),
})

/** `GUARD` in front of a statement: unless it changes a row, nothing of its script happens. */
const GUARD = '!'
/** `?name` in front of one: it is passed over where the call brings `null` under that name. */
const ONLY_WITH = /^\?(\w+) /

/** A heading that is known to be stored is brought as its id alone. */
const STORE_HEADING = `?headingBody INSERT INTO headings (id, model_requested, model_served, body)
    VALUES (:heading, :modelRequested, :modelServed, :headingBody) ON CONFLICT (id) DO NOTHING`
const HEADING_PARAMETERS = ['heading', 'headingBody', 'modelRequested', 'modelServed']

const HOLD_PARAMETERS = ['request', 'account', 'key', 'amount', 'at', 'expiresAt', ...HEADING_PARAMETERS, 'budgets']
/** Memory has granted already; the guard is the second lock, against an account changed behind this process' back. */
const HOLD = [
  `${GUARD}UPDATE accounts SET held_nano = held_nano + :amount
    WHERE id = :account AND posted_nano - held_nano + overdraft_nano >= :amount`,
  STORE_HEADING,
  `INSERT INTO holds (request_id, account_id, key_id, heading_id, amount_nano, at_ms, expires_at_ms, budgets)
    VALUES (:request, :account, :key, :heading, :amount, :at, :expiresAt, :budgets)`,
  // `WHERE TRUE`: else the grammar takes ON for that of a join.
  `?budgets INSERT INTO spends (subject, "window", start_ms, spent_nano, held_nano)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, :amount FROM json_each(:budgets) WHERE TRUE
    ON CONFLICT (subject, "window", start_ms) DO UPDATE SET held_nano = held_nano + excluded.held_nano`,
]

const RECEIPT_PARAMETERS = ['request', 'at', 'user', 'key', 'status', 'ended', 'cost', 'body', ...HEADING_PARAMETERS]
const RECEIPT = [
  STORE_HEADING,
  `INSERT INTO receipts (request_id, at_ms, user_id, key_id, heading_id, status, ended, cost_nano, body)
    VALUES (:request, :at, :user, :key, :heading, :status, :ended, :cost, :body) ON CONFLICT (request_id) DO NOTHING`,
]

/** Only an open hold can end, so a second ending does nothing. */
const END_HOLD = `${GUARD}DELETE FROM holds WHERE key_id = :key AND request_id = :request`

const COUNT_OUT = `?budgets UPDATE spends SET spent_nano = spent_nano + :cost, held_nano = held_nano - :held
  FROM json_each(:budgets) AS counted
  WHERE subject = counted.value ->> 0 AND "window" = counted.value ->> 1 AND start_ms = counted.value ->> 2`

const CHARGE_PARAMETERS = [...RECEIPT_PARAMETERS, 'account', 'held', 'budgets', 'revenue']
const CHARGE = [
  END_HOLD,
  `INSERT INTO transactions (kind, reference, from_account_id, to_account_id, amount_nano, at_ms)
    VALUES ('charge', :request, :account, :revenue, :cost, :at)`,
  'UPDATE accounts SET posted_nano = posted_nano - :cost, held_nano = held_nano - :held WHERE id = :account',
  'UPDATE keys SET spent_nano = spent_nano + :cost WHERE id = :key',
  COUNT_OUT,
  ...RECEIPT,
]

const GIVE_BACK_PARAMETERS = [...RECEIPT_PARAMETERS, 'account', 'held', 'budgets']
const GIVE_BACK = [
  END_HOLD,
  'UPDATE accounts SET held_nano = held_nano - :held WHERE id = :account',
  COUNT_OUT,
  ...RECEIPT,
]

const ORDER_PARAMETERS =
  'kind account amount from to moved idempotencyKey inputHash answer reason at refunded user plan'.split(' ')
const ORDER = [
  // What takes money may take what is available and no more; memory has checked, this makes sure.
  `${GUARD}UPDATE accounts SET posted_nano = posted_nano + :amount
    WHERE id = :account AND (:amount > 0 OR posted_nano - held_nano + overdraft_nano + :amount >= 0)`,
  `INSERT INTO transactions
    (kind, reference, from_account_id, to_account_id, amount_nano, at_ms, reason, input_hash, answer,
      refunded_request_id)
    VALUES (:kind, :idempotencyKey, :from, :to, :moved, :at, :reason, :inputHash, :answer, :refunded)`,
  '?plan UPDATE users SET plan = :plan WHERE id = :user',
  "?plan INSERT INTO changes (kind, subject_id, at_ms) VALUES ('user', :user, :at)",
]

/** Turns named parameters into the numbered list that a call brings. Throws on a name that is not in the list. */
const script = (names: readonly string[], statements: readonly string[]): readonly ScriptStep[] =>
  statements.map((statement) => {
    const guard = statement.startsWith(GUARD)
    const condition = ONLY_WITH.exec(statement)?.[1]
    const onlyWith = condition === undefined ? undefined : names.indexOf(condition)
    const use: number[] = []
    const sql = statement
      .replace(/^!/, '')
      .replace(ONLY_WITH, '')
      .replace(/:([a-zA-Z]+)/g, (_, name: string) => {
        const index = names.indexOf(name)
        if (index === -1) throw new Error(`the script has no parameter ${name}`)
        use.push(index)
        return '?'
      })
    return { sql, use, guard, onlyWith }
  })
