import { userAccountId } from '../../db/account-ids.ts'
import type { DatabaseFailure, PostgresDatabase, Row } from '../../db/database.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { nanoUsd } from '../../units.ts'
import {
  ACCOUNT_NANO_MAX,
  aboveCeiling,
  insufficient,
  keyReused,
  numberIn,
  type Posted,
  readAnswer,
  SELECT_CHARGE,
  SELECT_FIRST,
  SELECT_PLAN,
} from '../credits.ts'
import {
  creditOrder,
  mistakeInCredit,
  mistakeInOrder,
  type Order,
  planOrder,
  refundAmount,
  refundOrder,
} from '../orders.ts'
import { notRecorded, tooManyWaiting, unknownUser } from '../refusals.ts'
import type { Balance, CreditRequest, PlanPurchase, Refund, RefundRequest } from '../types.ts'

const WAITING_MAX = 1_000
/** A posting that meets another of the same charge, plan or key looks again, and finds what the other has done. */
const TRIES = 5
const POST = { sql: 'SELECT tollgate_post($1::jsonb) AS answer', name: 'tollgate_post' }

type Answer<T> = Promise<Result<T, GatewayError>>

/** By how much whose account changes, and how much of its charge was refunded when that was found out. */
interface Change {
  readonly userId: string
  readonly amount: bigint
  readonly refundedBefore?: bigint
}

/** Credits, refunds and purchases, each decided where the balance is. Repeats under a key get the first answer. */
export class SharedCredits {
  readonly #database: PostgresDatabase
  readonly #nowMs: () => number
  /** Resolves when what this process has said of a user's requests is in the database. */
  readonly #settled: (userId?: string) => Promise<void>
  #waiting = 0

  constructor(database: PostgresDatabase, nowMs: () => number, settled: (userId?: string) => Promise<void>) {
    this.#database = database
    this.#nowMs = nowMs
    this.#settled = settled
  }

  async credit(request: CreditRequest): Answer<Balance> {
    const mistake = mistakeInCredit(request)
    if (mistake) return err(mistake)
    const { userId, amount } = request
    const posted = await this.#post(creditOrder(request), async () => ok({ userId, amount }))
    return posted.ok ? ok(posted.value.balance) : posted
  }

  refund(request: RefundRequest): Answer<Refund> {
    return this.#post(refundOrder(request), async () => {
      await this.#settled()
      const row = await this.#select(SELECT_CHARGE, request.requestId)
      if (!row.ok) return row
      if (!row.value) return err(fault('not-found', `There is no request ${request.requestId}.`, { param: 'id' }))
      const refundedBefore = numberIn(row.value, 'refunded')
      const amount = refundAmount(request, numberIn(row.value, 'charged'), refundedBefore)
      if (typeof amount !== 'bigint') return err(amount)
      return ok({ userId: String(row.value['user_id']), amount, refundedBefore })
    })
  }

  async buyPlan(request: PlanPurchase): Answer<Balance> {
    const { userId, plan, price } = request
    if (price < 0n) throw new RangeError(`a plan for ${price} nano-dollars`)
    const posted = await this.#post(planOrder(request), async () => {
      const row = await this.#select(SELECT_PLAN, userId)
      if (!row.ok) return row
      if (row.value?.['plan'] !== plan) return ok({ userId, amount: -price })
      return err(fault('state-conflict', `The user has the plan ${plan} already. Nothing was charged.`))
    })
    return posted.ok ? ok(posted.value.balance) : posted
  }

  async #post(order: Order, find: () => Answer<Change>): Answer<Posted> {
    const mistake = mistakeInOrder(order)
    if (mistake) return err(mistake)
    if (this.#waiting >= WAITING_MAX) return err(tooManyWaiting('credits are waiting'))
    this.#waiting += 1
    try {
      return await this.#postWaiting(order, find)
    } finally {
      this.#waiting -= 1
    }
  }

  async #postWaiting(order: Order, find: () => Answer<Change>): Answer<Posted> {
    for (let tries = 1; ; tries += 1) {
      const first = await this.#findFirst(order)
      if (first) return first
      const found = await find()
      // What stands in the way may be what another replica has just posted under this very key.
      if (!found.ok) return (await this.#findFirst(order)) ?? found
      await this.#settled(found.value.userId)
      const answer = await this.#database.ask({ ...POST, parameters: [this.#entryOf(order, found.value)] })
      const posted = answer.ok ? readPosted(order, found.value, answer.value.rows[0]) : repeatable(answer.error)
      if (posted !== 'again') return posted
      if (tries === TRIES)
        return err(answer.ok ? tooManyWaiting('postings of one key or charge') : notRecorded(answer.error))
    }
  }

  /** What was posted under the key; `undefined`: nothing yet. */
  async #findFirst(order: Order): Promise<Result<Posted, GatewayError> | undefined> {
    const first = await this.#select(SELECT_FIRST, order.idempotencyKey)
    if (!first.ok) return first
    return first.value && firstAnswer(order, first.value)
  }

  #entryOf(order: Order, { userId, amount, refundedBefore }: Change): string {
    return JSON.stringify({
      kind: order.kind,
      reference: toText(order.idempotencyKey),
      account: userAccountId(userId),
      other: order.counterAccountId,
      amount: amount.toString(),
      at: this.#nowMs(),
      reason: toText(order.reason),
      hash: order.inputHash,
      ceiling: ACCOUNT_NANO_MAX.toString(),
      ...(order.refundedRequestId !== null && {
        refunded: order.refundedRequestId,
        refunded_before: (refundedBefore ?? 0n).toString(),
      }),
      ...(order.plan && { user: order.plan.userId, plan: order.plan.name }),
    })
  }

  async #select(sql: string, parameter: string): Answer<Row | undefined> {
    const answer = await this.#database.ask({ sql, parameters: [parameter] })
    return answer.ok ? ok(answer.value.rows[0]) : err(notRecorded(answer.error))
  }
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair, and refuses JSON with them. As a parameter would be. */
const toText = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed()

const firstAnswer = (order: Order, row: Row): Result<Posted, GatewayError> =>
  row['input_hash'] === order.inputHash ? ok(readAnswer(row)) : err(keyReused(order.idempotencyKey))

/** Asked again, a posting whose answer was lost is found by its key, and one that was refused for another's goes on. */
const repeatable = (failure: DatabaseFailure): Result<Posted, GatewayError> | 'again' =>
  failure.kind === 'unique' || failure.kind === 'uncertain' || failure.kind === 'busy'
    ? 'again'
    : err(notRecorded(failure))

const readPosted = (
  order: Order,
  { userId, amount }: Change,
  row: Row | undefined,
): Result<Posted, GatewayError> | 'again' => {
  const [is, first = '', second = '', third = ''] = JSON.parse(String(row?.['answer'])) as readonly string[]
  switch (is) {
    case 'posted':
      return ok(readAnswer({ answer: first, amount_nano: second }))
    case 'known':
      return firstAnswer(order, { input_hash: first, answer: second, amount_nano: third })
    case 'unknown':
      return err(unknownUser(userId))
    case 'ceiling':
      return err(aboveCeiling())
    case 'insufficient':
      return err(insufficient(order, nanoUsd(amount), nanoUsd(BigInt(first))))
    case 'changed':
      return 'again'
    default:
      throw new Error(`the ledger's function answered ${is}`)
  }
}
