import { startGateway, type Gateway } from '../harness/gateway.ts'
import { type Case, chooseCases } from './cases.ts'
import { drive, type Outcome } from './drive.ts'
import { missingFor } from './folders.ts'
import { startMock } from './mock.ts'
import { servedBy } from './served.ts'

/**
 * `npm run clients`: real clients, each on its native format, against the real gateway over a scripted upstream. Words
 * as arguments choose clients or scenarios. Ends with one line, `N passed, N failed`, and a non-zero code if any failed.
 */

const CREDIT_USD = '1000'
const NANO_PER_USD = 1_000_000_000n

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const row = (cells: readonly string[]): string => {
  const [client = '', scenario = '', result = '', seconds = '', requests = '', cost = ''] = cells
  return `${client.padEnd(32)}${scenario.padEnd(10)}${result.padEnd(8)}${seconds.padStart(7)}${requests.padStart(10)}${cost.padStart(15)}`
}

/** Amounts have nine places, so that they are whole numbers of nano-dollars. */
const nano = (usd: string): bigint => {
  const [, sign = '', whole = '0', places = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(usd) ?? []
  const amount = BigInt(whole) * NANO_PER_USD + BigInt(places.padEnd(9, '0'))
  return sign === '-' ? -amount : amount
}

const costOf = (outcome: Outcome): bigint => outcome.receipts.reduce((sum, receipt) => sum + nano(receipt.cost_usd), 0n)

const usd = (amount: bigint): string => `$${amount / NANO_PER_USD}.${String(amount % NANO_PER_USD).padStart(9, '0')}`

const runCase = async (
  one: Case,
  gateway: Gateway,
  mock: Awaited<ReturnType<typeof startMock>>,
  userId: string,
): Promise<Outcome> => {
  const outcome = await drive(one, gateway, mock, userId)
  const result = outcome.faults.length === 0 ? 'ok' : 'FAILED'
  say(
    row([
      one.client,
      one.scenario,
      result,
      `${outcome.seconds.toFixed(1)} s`,
      String(outcome.requests),
      usd(costOf(outcome)),
    ]),
  )
  for (const fault of outcome.faults) say(`    ${fault.replaceAll('\n', '\n    ')}`)
  return outcome
}

/** The books after everything: nothing held, nothing lost, and the account is down by the sum of the receipts. */
const checkBooks = async (gateway: Gateway, userId: string, outcomes: readonly Outcome[]): Promise<string[]> => {
  const ledger = await gateway.ledgerCheck()
  const balance = await gateway.balance(userId)
  const charged = outcomes.reduce((sum, outcome) => sum + costOf(outcome), 0n)
  const left = nano(CREDIT_USD) - charged
  say(
    `\nledger: ${ledger.postings} postings, ${ledger.open_holds} open holds, sum ${ledger.sum_usd}; charged ${usd(charged)}`,
  )
  return [
    ...(ledger.ok ? [] : ['the ledger check found a fault']),
    ...(ledger.open_holds === 0 ? [] : [`${ledger.open_holds} holds are still open`]),
    ...(nano(balance.posted_usd) === left ? [] : [`the balance is ${balance.posted_usd} instead of ${usd(left)}`]),
  ]
}

const runAll = async (cases: readonly Case[]): Promise<{ passed: number; failed: number }> => {
  const mock = await startMock()
  const gateway = await startGateway(servedBy(mock.url))
  try {
    const userId = await gateway.createUser()
    await gateway.credit(userId, CREDIT_USD)
    say(row(['client', 'scenario', 'result', 'time', 'requests', 'charged']))
    const outcomes: Outcome[] = []
    for (const one of cases) outcomes.push(await runCase(one, gateway, mock, userId))
    const faults = await checkBooks(gateway, userId, outcomes)
    for (const fault of faults) say(`FAILED  ${fault}`)
    const failed = outcomes.filter((outcome) => outcome.faults.length > 0).length + (faults.length > 0 ? 1 : 0)
    return { passed: outcomes.length + 1 - failed, failed }
  } finally {
    await gateway.stop()
    mock.stop()
  }
}

const main = async (words: readonly string[]): Promise<void> => {
  const cases = chooseCases(words)
  const missing = cases.length === 0 ? ['no client and no scenario of that name'] : missingFor(cases)
  for (const line of missing) say(line)
  const { passed, failed } = missing.length > 0 ? { passed: 0, failed: Math.max(1, cases.length) } : await runAll(cases)
  say(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

await main(process.argv.slice(2))
