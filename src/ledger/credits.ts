import type { Database, DatabaseFailure, Row } from '../db/database.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { formatUsd, type NanoUsd, nanoUsd } from '../units.ts'
import { type Account, type AccountBook, availableOf } from './accounts.ts'
import {
  creditOrder,
  mistakeInCredit,
  mistakeInOrder,
  type Order,
  orderPostings,
  planOrder,
  refundAmount,
  refundOrder,
} from './orders.ts'
import { notRecorded, tooManyWaiting, unknownUser } from './refusals.ts'
import type { LedgerScripts } from './scripts.ts'
import type { Balance, CreditRequest, PlanPurchase, Refund, RefundRequest } from './types.ts'

export const ACCOUNT_NANO_MAX = 4_000_000_000_000_000_000n
const WAITING_MAX = 10_000

export const SELECT_FIRST =
  "SELECT input_hash, answer, amount_nano FROM transactions WHERE reference = ? AND kind <> 'charge'"
export const SELECT_CHARGE = `SELECT r.user_id, COALESCE(t.amount_nano, 0) AS charged,
  (SELECT COALESCE(SUM(amount_nano), 0) FROM transactions WHERE refunded_request_id = r.request_id) AS refunded
  FROM receipts r LEFT JOIN transactions t ON t.kind = 'charge' AND t.reference = r.request_id WHERE r.request_id = ?`
export const SELECT_PLAN = 'SELECT plan FROM users WHERE id = ?'

/** What was posted to an account, and how it stood afterwards. */
export interface Posted {
  readonly amount: NanoUsd
  readonly balance: Balance
}

/** Whose account an order is for, and by how much it changes. */
export interface Sum {
  readonly userId: string
  readonly amount: bigint
}

type Answer<T> = Promise<Result<T, GatewayError>>

/**
 * Credits, refunds and purchases. One at a time, so that the answer stored with one already counts the one before; an
 * idempotency key is good for one body, whoever it is for, and repeats get the stored answer.
 */
export class Credits {
  readonly #database: Database
  readonly #scripts: LedgerScripts
  readonly #book: AccountBook
  readonly #nowMs: () => number
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(database: Database, scripts: LedgerScripts, book: AccountBook, nowMs: () => number) {
    this.#database = database
    this.#scripts = scripts
    this.#book = book
    this.#nowMs = nowMs
  }

  async credit(request: CreditRequest): Answer<Balance> {
    const mistake = mistakeInCredit(request)
    if (mistake) return err(mistake)
    const { userId, amount } = request
    const posted = await this.#inTurn(creditOrder(request), async () => ok({ userId, amount }))
    return posted.ok ? ok(posted.value.balance) : posted
  }

  refund(request: RefundRequest): Answer<Refund> {
    return this.#inTurn(refundOrder(request), async () => {
      const row = await this.#select(SELECT_CHARGE, request.requestId)
      if (!row.ok) return row
      if (!row.value) return err(fault('not-found', `There is no request ${request.requestId}.`, { param: 'id' }))
      const amount = refundAmount(request, numberIn(row.value, 'charged'), numberIn(row.value, 'refunded'))
      return typeof amount === 'bigint' ? ok({ userId: String(row.value['user_id']), amount }) : err(amount)
    })
  }

  async buyPlan(request: PlanPurchase): Answer<Balance> {
    const { userId, plan, price } = request
    if (price < 0n) throw new RangeError(`a plan for ${price} nano-dollars`)
    const posted = await this.#inTurn(planOrder(request), async () => {
      const row = await this.#select(SELECT_PLAN, userId)
      if (!row.ok) return row
      if (row.value?.['plan'] !== plan) return ok({ userId, amount: -price })
      return err(fault('state-conflict', `The user has the plan ${plan} already. Nothing was charged.`))
    })
    return posted.ok ? ok(posted.value.balance) : posted
  }

  async flush(): Promise<void> {
    await this.#tail
  }

  /** Posts an order unless it was posted before. `sum` is asked for in its turn: what it says is still so when posted. */
  async #inTurn(order: Order, sum: () => Answer<Sum>): Answer<Posted> {
    const mistake = mistakeInOrder(order)
    if (mistake) return err(mistake)
    if (this.#waiting >= WAITING_MAX) return err(tooManyWaiting('credits are waiting'))
    this.#waiting += 1
    const answer = this.#tail.then(() => this.#next(order, sum))
    this.#tail = answer.then(
      () => (this.#waiting -= 1),
      () => (this.#waiting -= 1),
    )
    return answer
  }

  async #next(order: Order, sum: () => Answer<Sum>): Answer<Posted> {
    const first = await this.#findFirst(order)
    if (!first.ok) return first
    if (first.value) return ok(first.value)
    const found = await sum()
    if (!found.ok) return found
    const { userId, amount } = found.value
    const loaded = await this.#book.loadAccount(userId)
    const account = this.#book.account(userId)
    if (account) return this.#post(order, account, amount)
    return err(loaded.ok ? unknownUser(userId) : notRecorded(loaded.error))
  }

  async #findFirst({ idempotencyKey, inputHash }: Order): Answer<Posted | undefined> {
    const found = await this.#select(SELECT_FIRST, idempotencyKey)
    if (!found.ok) return found
    const row = found.value
    if (!row) return ok(undefined)
    return row['input_hash'] === inputHash ? ok(readAnswer(row)) : err(keyReused(idempotencyKey))
  }

  async #post(order: Order, account: Account, amount: bigint): Answer<Posted> {
    const refusal = refusalOf(order, account, amount)
    if (refusal) return err(refusal)
    const balance: Balance = {
      posted: nanoUsd(account.posted + amount),
      held: nanoUsd(account.held),
      available: nanoUsd(availableOf(account) + amount),
    }
    // Money taken is gone at once, money given counts once it is on disk: neither can be spent twice.
    if (amount < 0n) account.posted += amount
    account.pins += 1
    const written = await this.#write(order, account, amount, balance)
    account.pins -= 1
    if (written.ok) {
      if (amount > 0n) account.posted += amount
      return ok({ amount: nanoUsd(amount), balance })
    }
    if (amount < 0n) account.posted -= amount
    // Another process took the key in the meantime: its answer is the first.
    if (written.error.kind === 'unique') {
      const first = await this.#findFirst(order)
      if (!first.ok) return first
      if (first.value) return ok(first.value)
    }
    return err(
      written.error.kind === 'guard' ? insufficient(order, amount, availableOf(account)) : notRecorded(written.error),
    )
  }

  #write(order: Order, account: Account, amount: bigint, answer: Balance): Promise<Result<void, DatabaseFailure>> {
    const [from, to] = orderPostings(account.id, order.counterAccountId, amount)
    return this.#database.call(this.#scripts.order, [
      order.kind,
      account.id,
      amount,
      from.accountId,
      to.accountId,
      to.amount,
      order.idempotencyKey,
      order.inputHash,
      writeAnswer(answer),
      order.reason,
      this.#nowMs(),
      order.refundedRequestId,
      order.plan?.userId ?? null,
      order.plan?.name ?? null,
    ])
  }

  async #select(sql: string, parameter: string): Answer<Row | undefined> {
    const answer = await this.#database.run([{ sql, parameters: [parameter] }])
    return answer.ok ? ok(answer.value[0]?.rows[0]) : err(notRecorded(answer.error))
  }
}

const refusalOf = (order: Order, account: Account, amount: bigint): GatewayError | undefined => {
  if (account.posted + amount > ACCOUNT_NANO_MAX) return aboveCeiling()
  const available = availableOf(account)
  return amount < 0n && available + amount < 0n ? insufficient(order, amount, available) : undefined
}

export const aboveCeiling = (): GatewayError =>
  fault('invalid-request', `No account may hold more than ${formatUsd(ACCOUNT_NANO_MAX)} USD.`, { param: 'amount_usd' })

export const insufficient = ({ kind, reason }: Order, amount: bigint, available: bigint): GatewayError =>
  fault(
    'insufficient-balance',
    kind === 'plan'
      ? `The plan ${reason} costs ${formatUsd(-amount)} USD and ${formatUsd(available)} USD is available. Add credit first.`
      : `A correction of ${formatUsd(amount)} USD would take more than the ${formatUsd(available)} USD available. Take less.`,
  )

export const keyReused = (idempotencyKey: string): GatewayError =>
  fault(
    'conflict',
    `The idempotency key ${idempotencyKey} was used with another body. Use a new key for a new posting.`,
    { param: 'idempotency_key' },
  )

const writeAnswer = ({ posted, held, available }: Balance): string =>
  JSON.stringify([posted, held, available].map((amount) => amount.toString()))

export const readAnswer = (row: Row): Posted => {
  const [posted = '', held = '', available = ''] = JSON.parse(String(row['answer'])) as readonly string[]
  const balance = {
    posted: nanoUsd(BigInt(posted)),
    held: nanoUsd(BigInt(held)),
    available: nanoUsd(BigInt(available)),
  }
  return { amount: nanoUsd(numberIn(row, 'amount_nano')), balance }
}

export const numberIn = (row: Row, column: string): bigint => BigInt(String(row[column]))
