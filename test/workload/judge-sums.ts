import { nano } from './arithmetic.ts'
import { listPrice } from './charges.ts'
import type { Budgets, Window } from './customers.ts'
import type { DailyRow, Receipt } from './evidence.ts'
import type { Lookup } from './lookup.ts'

export const judgeBalances = ({ evidence, faults }: Lookup, recomputed: ReadonlyMap<string, bigint>) => {
  let [balancesNano, expectedBalancesNano] = [0n, 0n]
  const charges = new Map<string, bigint>()
  for (const { user_id: user, request_id: id } of evidence.receipts)
    charges.set(user, (charges.get(user) ?? 0n) + (recomputed.get(id) ?? 0n))
  for (const { userId, paidNano } of evidence.clientele.customers) {
    const balance = evidence.balances.get(userId)
    const expected = paidNano - (charges.get(userId) ?? 0n)
    const posted = nano(balance?.posted_usd ?? '0')
    balancesNano += posted
    expectedBalancesNano += expected
    if (posted !== expected)
      faults.add('a balance that is not credits less charges', `${userId}: ${posted}, not ${expected}`)
    if (posted < 0n) faults.add('a balance below zero', `${userId}: ${posted}`)
    if (nano(balance?.held_usd ?? '0') !== 0n)
      faults.add('money held when all is over', `${userId}: ${balance?.held_usd}`)
  }
  return { balancesNano, expectedBalancesNano }
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Names the window of a budget that a moment lies in. */
const WINDOW_OF: Readonly<Record<Window, (atMs: number) => string>> = {
  total: () => 'ever',
  '5h': (atMs) => String(Math.floor(atMs / (5 * HOUR_MS))),
  day: (atMs) => new Date(atMs).toISOString().slice(0, 10),
  // The epoch was a Thursday: weeks change four days later.
  week: (atMs) => String(Math.floor((atMs / DAY_MS + 3) / 7)),
  month: (atMs) => new Date(atMs).toISOString().slice(0, 7),
}

export const judgeBudgets = ({ evidence, faults }: Lookup): void => {
  const judge = (name: string, budgets: Budgets, receipts: readonly Receipt[]): void => {
    for (const [window, limit] of Object.entries(budgets) as [Window, bigint][]) {
      const spent = new Map<string, bigint>()
      for (const { at, cost_usd: cost, corrects } of receipts) {
        // What ended late is counted and refused by nobody: it had been served.
        if (corrects !== undefined) continue
        const id = WINDOW_OF[window](Date.parse(at))
        spent.set(id, (spent.get(id) ?? 0n) + nano(cost))
      }
      for (const [id, sum] of spent)
        if (sum > limit) faults.add('a budget exceeded', `${name}, ${window} ${id}: ${sum} of ${limit}`)
    }
  }
  const { customers, projects } = evidence.clientele
  for (const { id, budgets } of customers.flatMap(({ keys }) => keys))
    judge(id, budgets, Object.keys(budgets).length > 0 ? evidence.receipts.filter(({ key_id }) => key_id === id) : [])
  for (const { id, budgets } of projects)
    judge(
      id,
      budgets,
      evidence.receipts.filter(({ project_id }) => project_id === id),
    )
}

const TOKENS = ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output', 'reasoning'] as const

/** A row of the counters as one line, to be compared. */
const lineOf = (
  row: Omit<DailyRow, 'cost_usd' | 'uncollected_usd' | 'provider_cost_usd'>,
  money: readonly bigint[],
): string => [row.requests, row.failed, ...TOKENS.map((name) => row.tokens[name] ?? 0), ...money].join(' ')

const nameOf = (row: Pick<DailyRow, 'day' | 'user_id' | 'key_id' | 'project_id' | 'model' | 'provider'>): string =>
  [row.day, row.user_id, row.key_id, row.project_id ?? '', row.model, row.provider].join(' ')

export const judgeDaily = ({ evidence, faults }: Lookup): void => {
  const expected = new Map<
    string,
    { requests: number; failed: number; tokens: Record<string, number>; money: bigint[] }
  >()
  for (const receipt of evidence.receipts) {
    const name = nameOf({ ...receipt, day: receipt.at.slice(0, 10), model: receipt.model_served })
    const row = expected.get(name) ?? { requests: 0, failed: 0, tokens: {}, money: [0n, 0n, 0n] }
    // One request, whose first receipt is counted as one that failed.
    if (receipt.corrects === undefined) row.requests += 1
    if (receipt.ended === 'failed' || receipt.ended === 'abandoned') row.failed += 1
    for (const bucket of TOKENS) row.tokens[bucket] = (row.tokens[bucket] ?? 0) + (receipt.usage[bucket] ?? 0)
    const money = [nano(receipt.cost_usd), nano(receipt.uncollected_usd), listPrice(receipt.usage, receipt)]
    row.money = row.money.map((amount, index) => amount + (money[index] ?? 0n))
    expected.set(name, row)
  }
  for (const row of evidence.daily) {
    const name = nameOf(row)
    const own = expected.get(name)
    const said = lineOf(row, [nano(row.cost_usd), nano(row.uncollected_usd), nano(row.provider_cost_usd)])
    const wanted = own ? lineOf({ ...row, ...own }, own.money) : 'nothing'
    if (said !== wanted) faults.add('a daily counter that is off', `${name}: ${said}, not ${wanted}`)
    expected.delete(name)
  }
  for (const name of expected.keys()) faults.add('a daily counter that is missing', name)
}

export const judgeChecks = ({ evidence, faults }: Lookup): void => {
  for (const check of evidence.checks)
    if (!check.ok || check.open_holds !== 0 || nano(check.sum_usd) !== 0n)
      faults.add('the ledger check', JSON.stringify(check))
}
