import { createHash } from 'node:crypto'
import type { Database, DatabaseFailure, Row } from '../db/database.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { formatUsd, nanoUsd } from '../units.ts'
import { type Account, type AccountBook, availableOf } from './accounts.ts'
import { creditPostings } from './postings.ts'
import { notRecorded, tooManyWaiting, unknownUser } from './refusals.ts'
import type { LedgerScripts } from './scripts.ts'
import type { Balance, CreditRequest } from './types.ts'

/** 100 million dollars: far from what 64 bits hold, even for the sum of everyone's. */
const CREDIT_NANO_MAX = 100_000_000_000_000_000n
const ACCOUNT_NANO_MAX = 4_000_000_000_000_000_000n
const TEXT_CHARACTERS_MAX = 1_000
const WAITING_MAX = 10_000

const SELECT_FIRST = "SELECT input_hash, answer FROM transactions WHERE kind = 'credit' AND reference = ?"

/**
 * Credits and corrections. One at a time, so that the answer stored with one already counts the one before; an
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

  async credit(request: CreditRequest): Promise<Result<Balance, GatewayError>> {
    const mistake = mistakeIn(request)
    if (mistake) return err(mistake)
    if (this.#waiting >= WAITING_MAX) return err(tooManyWaiting('credits are waiting'))
    this.#waiting += 1
    const answer = this.#tail.then(() => this.#creditNext(request))
    this.#tail = answer.then(
      () => (this.#waiting -= 1),
      () => (this.#waiting -= 1),
    )
    return answer
  }

  async flush(): Promise<void> {
    await this.#tail
  }

  async #creditNext(request: CreditRequest): Promise<Result<Balance, GatewayError>> {
    const inputHash = hashOf(request)
    const first = await this.#findFirst(request.idempotencyKey, inputHash)
    if (!first.ok || first.value) return first as Result<Balance, GatewayError>
    const loaded = await this.#book.loadAccount(request.userId)
    const account = this.#book.account(request.userId)
    if (account) return this.#post(request, inputHash, account)
    return err(loaded.ok ? unknownUser(request.userId) : notRecorded(loaded.error))
  }

  async #findFirst(idempotencyKey: string, inputHash: string): Promise<Result<Balance | undefined, GatewayError>> {
    const found = await this.#database.run([{ sql: SELECT_FIRST, parameters: [idempotencyKey] }])
    if (!found.ok) return err(notRecorded(found.error))
    const row = found.value[0]?.rows[0]
    if (!row) return ok(undefined)
    return row['input_hash'] === inputHash ? ok(readAnswer(row)) : err(keyReused(idempotencyKey))
  }

  async #post(request: CreditRequest, inputHash: string, account: Account): Promise<Result<Balance, GatewayError>> {
    const { amount } = request
    const refusal = refusalOf(account, amount)
    if (refusal) return err(refusal)
    const answer: Balance = {
      posted: nanoUsd(account.posted + amount),
      held: nanoUsd(account.held),
      available: nanoUsd(availableOf(account) + amount),
    }
    // Money taken is gone at once, money given counts once it is on disk: neither can be spent twice.
    if (amount < 0n) account.posted += amount
    account.pins += 1
    const written = await this.#write(request, inputHash, account, answer)
    account.pins -= 1
    if (written.ok) {
      if (amount > 0n) account.posted += amount
      return ok(answer)
    }
    if (amount < 0n) account.posted -= amount
    // Another process took the key in the meantime: its answer is the first.
    if (written.error.kind === 'unique') {
      const first = await this.#findFirst(request.idempotencyKey, inputHash)
      if (!first.ok || first.value) return first as Result<Balance, GatewayError>
    }
    return err(written.error.kind === 'guard' ? insufficient(amount, availableOf(account)) : notRecorded(written.error))
  }

  #write(
    request: CreditRequest,
    inputHash: string,
    account: Account,
    answer: Balance,
  ): Promise<Result<void, DatabaseFailure>> {
    const [given, taken] = creditPostings(account.id, request.amount)
    return this.#database.call(this.#scripts.credit, [
      given.accountId,
      given.amount,
      taken.accountId,
      request.idempotencyKey,
      inputHash,
      writeAnswer(answer),
      request.reason,
      this.#nowMs(),
    ])
  }
}

const mistakeIn = ({ amount, reason, idempotencyKey }: CreditRequest): GatewayError | undefined => {
  const invalid = (param: string, message: string) => fault('invalid-request', message, { param })
  if (amount === 0n)
    return invalid('amount_usd', 'The amount is zero. Give a positive amount, or a negative one to correct.')
  if (amount > CREDIT_NANO_MAX || amount < -CREDIT_NANO_MAX) {
    return invalid('amount_usd', `The amount is above ${formatUsd(CREDIT_NANO_MAX)} USD. Give a smaller one.`)
  }
  if (reason.length > TEXT_CHARACTERS_MAX) {
    return invalid('reason', `The reason is longer than ${TEXT_CHARACTERS_MAX} characters. Shorten it.`)
  }
  if (idempotencyKey === '' || idempotencyKey.length > TEXT_CHARACTERS_MAX) {
    return invalid('idempotency_key', `Give an idempotency key of 1 to ${TEXT_CHARACTERS_MAX} characters.`)
  }
  return undefined
}

const refusalOf = (account: Account, amount: bigint): GatewayError | undefined => {
  if (account.posted + amount > ACCOUNT_NANO_MAX) {
    return fault('invalid-request', `No account may hold more than ${formatUsd(ACCOUNT_NANO_MAX)} USD.`, {
      param: 'amount_usd',
    })
  }
  const available = availableOf(account)
  return amount < 0n && available + amount < 0n ? insufficient(amount, available) : undefined
}

const insufficient = (amount: bigint, available: bigint): GatewayError =>
  fault(
    'insufficient-balance',
    `A correction of ${formatUsd(amount)} USD would take more than the ${formatUsd(available)} USD available. Take less.`,
  )

const keyReused = (idempotencyKey: string): GatewayError =>
  fault(
    'conflict',
    `The idempotency key ${idempotencyKey} was used with another body. Use a new key for a new credit.`,
    { param: 'idempotency_key' },
  )

const hashOf = ({ userId, amount, reason }: CreditRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([userId, amount.toString(), reason]))
    .digest('hex')

const writeAnswer = ({ posted, held, available }: Balance): string =>
  JSON.stringify([posted, held, available].map((amount) => amount.toString()))

const readAnswer = (row: Row): Balance => {
  const [posted = '', held = '', available = ''] = JSON.parse(String(row['answer'])) as readonly string[]
  return { posted: nanoUsd(BigInt(posted)), held: nanoUsd(BigInt(held)), available: nanoUsd(BigInt(available)) }
}
