import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dropOwnSettings } from '../../src/runtime/process.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Case, chooseCases } from './cases.ts'
import { choosesClaudeCli, NAME, runClaudeCli } from './claude-cli.ts'
import { drive, type Outcome, type Stage } from './drive.ts'
import { missingFor } from './folders.ts'
import { lossesOf, matrixOf, type Result } from './matrix.ts'
import { startMock } from './mock.ts'
import { nanoOf, usdOf } from './money.ts'
import { servedBy } from './served.ts'
import { choosesSetUp, NAME as SET_UP, runSetUps } from './set-up.ts'

/**
 * `npm run clients`: real clients, on their own format and on foreign ones, against the real gateway over a scripted
 * upstream that refuses what the real ones refuse; one of them as a provider; and each as `tollgate setup` sets it up.
 * Words as arguments choose clients, upstreams or scenarios (`codex gemini tool`; `native`, `foreign`; alternatives with
 * commas; `set-up codex`). Ends with a matrix and one line, `N passed, N failed`,
 * and a non-zero code if any failed. `TOLLGATE_CLIENTS_DUMP` names a folder for everything that was said in failed cases.
 */

dropOwnSettings(process.env)

const CREDIT_USD = '1000'
/** The clients want a core each. */
const WORKERS = 2

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const row = (cells: readonly string[]): string => {
  const [client = '', upstream = '', scenario = '', result = '', seconds = '', requests = '', states = '', cost = ''] =
    cells
  return `${client.padEnd(26)}${upstream.padEnd(12)}${scenario.padEnd(10)}${result.padEnd(8)}${seconds.padStart(7)}${requests.padStart(10)}${states.padStart(8)}${cost.padStart(15)}`
}

const costOf = ({ receipts }: Outcome): bigint => receipts.reduce((sum, receipt) => sum + nanoOf(receipt.cost_usd), 0n)

const dumpFolder = process.env.TOLLGATE_CLIENTS_DUMP

const dump = ({ one, outcome }: Result, folder: string): void => {
  mkdirSync(folder, { recursive: true })
  const name = `${one.client.name} ${one.upstream} ${one.scenario.name}`.replaceAll(/[^a-z0-9.-]+/gi, '-')
  const { faults, receipts, scene, exchanges } = outcome
  const said = { faults, exchanges, requests: scene.requests, receipts }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(said, null, 1))
}

const runCase = async (one: Case, stage: Stage): Promise<Result> => {
  const first = await drive(one, stage)
  const isClients = first.faults.some((fault) => one.client.falters?.test(fault))
  const outcome = isClients ? await drive(one, stage) : first
  const { faults, seconds, requests, statesKept } = outcome
  say(
    row([
      one.client.name,
      one.upstream,
      one.scenario.name,
      faults.length === 0 ? 'ok' : 'FAILED',
      `${seconds.toFixed(1)} s`,
      String(requests),
      String(statesKept),
      usdOf(costOf(outcome)),
    ]),
  )
  for (const fault of faults) say(`    ${fault.replaceAll('\n', '\n    ')}`)
  const result: Result = { one, outcome, ...(isClients && { spoiled: first }) }
  if (faults.length > 0 && dumpFolder !== undefined) dump(result, dumpFolder)
  return result
}

/** The books after everything: nothing held, nothing lost, and the account is down by the sum of the receipts. */
const checkBooks = async (gateway: Gateway, userId: string, results: readonly Result[]): Promise<string[]> => {
  const ledger = await gateway.ledgerCheck()
  const balance = await gateway.balance(userId)
  const charged = results
    .flatMap(({ outcome, spoiled }) => (spoiled ? [outcome, spoiled] : [outcome]))
    .reduce((sum, outcome) => sum + costOf(outcome), 0n)
  const left = nanoOf(CREDIT_USD) - charged
  say(
    `\nledger: ${ledger.postings} postings, ${ledger.open_holds} open holds, sum ${ledger.sum_usd}; charged ${usdOf(charged)}`,
  )
  return [
    ...(ledger.ok ? [] : ['the ledger check found a fault']),
    ...(ledger.open_holds === 0 ? [] : [`${ledger.open_holds} holds are still open`]),
    ...(nanoOf(balance.posted_usd) === left ? [] : [`the balance is ${balance.posted_usd} instead of ${usdOf(left)}`]),
  ]
}

/** Workers take case after case from one list, so that a slow client holds up nobody. */
const runSideBySide = async (cases: readonly Case[], run: (one: Case, worker: number) => Promise<Result>) => {
  const waiting = [...cases.entries()]
  const results: Result[] = []
  const work = async (worker: number): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await run(next[1], worker)
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)))
  return results
}

const runAll = async (cases: readonly Case[]): Promise<{ passed: number; failed: number }> => {
  const mock = startMock()
  const gateway = await startGateway(servedBy(mock.url, WORKERS))
  try {
    const userId = await gateway.createUser()
    await gateway.credit(userId, CREDIT_USD)
    say(row(['client', 'upstream', 'scenario', 'result', 'time', 'requests', 'states', 'charged']))
    const records = dumpFolder !== undefined
    const results = await runSideBySide(cases, (one, worker) =>
      runCase(one, { gateway, mock, userId, worker, records }),
    )
    const losses = lossesOf(results)
    if (losses !== '') say(`\ndeclared losses, and the number of requests:\n${losses}`)
    say(`\n${matrixOf(results)}`)
    const faults = await checkBooks(gateway, userId, results)
    for (const fault of faults) say(`FAILED  ${fault}`)
    const failed = results.filter(({ outcome }) => outcome.faults.length > 0).length + (faults.length > 0 ? 1 : 0)
    return { passed: results.length + 1 - failed, failed }
  } finally {
    await gateway.stop()
    await mock.stop()
  }
}

const main = async (words: readonly string[]): Promise<void> => {
  const cli = choosesClaudeCli(words) ? await runClaudeCli(say) : { passed: 0, failed: 0 }
  const setUps = choosesSetUp(words) ? await runSetUps(words, say) : { passed: 0, failed: 0 }
  const isOther = words.join() === NAME || words.includes(SET_UP)
  const cases = isOther ? [] : chooseCases(words)
  const isNone = cases.length === 0 && !isOther
  const missing = isNone ? ['no client, upstream and scenario of these names'] : missingFor(cases)
  for (const line of missing) say(line)
  const clients =
    missing.length > 0
      ? { passed: 0, failed: Math.max(1, cases.length) }
      : cases.length === 0
        ? { passed: 0, failed: 0 }
        : await runAll(cases)
  const [passed, failed] = [cli, setUps, clients].reduce<[number, number]>(
    (sum, one) => [sum[0] + one.passed, sum[1] + one.failed],
    [0, 0],
  )
  say(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

await main(process.argv.slice(2))
