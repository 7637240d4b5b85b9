import type { Database, ScriptId, ScriptStep } from '../db/database.ts'

/** The ledger's writes as prepared scripts, each all or nothing. Parameters go in the order of the name lists. */
export interface LedgerScripts {
  readonly hold: ScriptId
  readonly charge: ScriptId
  readonly giveBack: ScriptId
  readonly drop: ScriptId
  readonly receipt: ScriptId
  readonly credit: ScriptId
}

export const prepareScripts = (database: Database): LedgerScripts => ({
  hold: database.prepare(script(HOLD_PARAMETERS, HOLD)),
  charge: database.prepare(script(CHARGE_PARAMETERS, CHARGE)),
  giveBack: database.prepare(script(GIVE_BACK_PARAMETERS, GIVE_BACK)),
  drop: database.prepare(script(DROP_PARAMETERS, DROP)),
  receipt: database.prepare(script(RECEIPT_PARAMETERS, [INSERT_RECEIPT])),
  credit: database.prepare(script(CREDIT_PARAMETERS, CREDIT)),
})

/** `GUARD` in front of a statement: unless it changes a row, nothing of its script happens. */
const GUARD = '!'

const HOLD_PARAMETERS = ['request', 'account', 'key', 'amount', 'heldAt', 'expiresAt', 'abandonedReceipt']
/** Memory has granted already; the guard is the second lock, against an account changed behind this process' back. */
const HOLD = [
  `${GUARD}UPDATE accounts SET held_nano = held_nano + :amount
    WHERE id = :account AND posted_nano - held_nano + overdraft_nano >= :amount`,
  `INSERT INTO holds (request_id, account_id, key_id, amount_nano, held_at_ms, expires_at_ms, state, abandoned_receipt)
    VALUES (:request, :account, :key, :amount, :heldAt, :expiresAt, 'open', :abandonedReceipt)`,
]

const RECEIPT_PARAMETERS = 'request at user key modelRequested modelServed provider status ended cost body'.split(' ')
const INSERT_RECEIPT = `INSERT INTO receipts
    (request_id, at_ms, user_id, key_id, model_requested, model_served, provider, status, ended, cost_nano, body)
    VALUES (:request, :at, :user, :key, :modelRequested, :modelServed, :provider, :status, :ended, :cost, :body)
    ON CONFLICT (request_id) DO NOTHING`

/** Only an open hold can end, so a second ending does nothing. */
const END_HOLD = `${GUARD}UPDATE holds SET state = :state, abandoned_receipt = NULL
    WHERE request_id = :request AND state = 'open'`

const CHARGE_PARAMETERS = [...RECEIPT_PARAMETERS, 'state', 'account', 'held', 'taken', 'revenue', 'gained']
const CHARGE = [
  END_HOLD,
  `INSERT INTO transactions (kind, request_id, reason, at_ms) VALUES ('charge', :request, 'request', :at)`,
  `INSERT INTO postings (transaction_seq, account_id, amount_nano)
    SELECT seq, :account, :taken FROM transactions WHERE request_id = :request
    UNION ALL SELECT seq, :revenue, :gained FROM transactions WHERE request_id = :request`,
  'UPDATE accounts SET posted_nano = posted_nano + :taken, held_nano = held_nano - :held WHERE id = :account',
  'UPDATE accounts SET posted_nano = posted_nano + :gained WHERE id = :revenue',
  'UPDATE keys SET spent_nano = spent_nano + :gained WHERE id = :key',
  INSERT_RECEIPT,
]

const DROP_PARAMETERS = ['request', 'state', 'account', 'held']
const DROP = [END_HOLD, 'UPDATE accounts SET held_nano = held_nano - :held WHERE id = :account']

const GIVE_BACK_PARAMETERS = [...RECEIPT_PARAMETERS, 'state', 'account', 'held']
const GIVE_BACK = [...DROP, INSERT_RECEIPT]

const CREDIT_PARAMETERS = [
  'account',
  'amount',
  'funding',
  'taken',
  'idempotencyKey',
  'inputHash',
  'answer',
  'reason',
  'at',
]
const CREDIT = [
  // A correction may take what is available and no more; memory has checked, this makes sure.
  `${GUARD}UPDATE accounts SET posted_nano = posted_nano + :amount
    WHERE id = :account AND (:amount > 0 OR posted_nano - held_nano + overdraft_nano + :amount >= 0)`,
  'UPDATE accounts SET posted_nano = posted_nano + :taken WHERE id = :funding',
  `INSERT INTO transactions (kind, idempotency_key, input_hash, answer, reason, at_ms)
    VALUES ('credit', :idempotencyKey, :inputHash, :answer, :reason, :at)`,
  `INSERT INTO postings (transaction_seq, account_id, amount_nano)
    SELECT seq, :account, :amount FROM transactions WHERE idempotency_key = :idempotencyKey
    UNION ALL SELECT seq, :funding, :taken FROM transactions WHERE idempotency_key = :idempotencyKey`,
]

/** Turns named parameters into the numbered list that a call brings. Throws on a name that is not in the list. */
const script = (names: readonly string[], statements: readonly string[]): readonly ScriptStep[] =>
  statements.map((statement) => {
    const guard = statement.startsWith(GUARD)
    const use: number[] = []
    const sql = (guard ? statement.slice(GUARD.length) : statement).replace(/:([a-zA-Z]+)/g, (_, name: string) => {
      const index = names.indexOf(name)
      if (index === -1) throw new Error(`the script has no parameter ${name}`)
      use.push(index)
      return '?'
    })
    return { sql, use, guard }
  })
