import { usd } from './arithmetic.ts'
import type { Told } from './client.ts'
import type { Outage } from './faults.ts'
import { countBy } from './recompute.ts'
import type { Result } from './workload.ts'

/** What was refused, or did not come through, while something was broken and shortly after. */
const AFTERMATH_MS = 3_000

const isDown = ({ outcome, status, reason }: Told): boolean =>
  outcome === 'unreachable' || (outcome === 'refused' && status >= 500 && reason !== 'upstream_error')

export interface Cost {
  /** Tries that were refused or reached nobody. */
  readonly refused: number
  readonly byReason: Readonly<Record<string, number>>
}

/** Failures of vendors are refusals as well; how many there are of those without any fault is in the table before. */
export const costOf = ({ evidence, outages }: Result, outage: Outage): Cost => {
  const { fromMs, untilMs } = outage
  const nextMs = outages[outages.indexOf(outage) + 1]?.fromMs ?? Number.POSITIVE_INFINITY
  const overMs = Math.min(untilMs + AFTERMATH_MS, nextMs)
  const during = evidence.told.filter((told) => isDown(told) && told.endedMs >= fromMs && told.endedMs < overMs)
  return { refused: during.length, byReason: countBy(during.map(reasonOf)) }
}

const reasonOf = ({ outcome, status, reason }: Told): string =>
  outcome === 'unreachable' ? 'nobody answered' : `${status} ${reason}`

const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const count = (number: number): string => number.toLocaleString('en')
const sorted = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).sort(([, one], [, other]) => other - one)

/** The run as tables. */
export const reportOf = (result: Result): string => {
  const { evidence, outages } = result
  const { told, receipts, serves, operator } = evidence
  const refused = told.filter(({ outcome }) => outcome === 'refused' || outcome === 'unreachable')
  const lines = [
    row('requests', 'count'),
    row('---', '---:'),
    row('tries of clients', count(told.length)),
    ...sorted(countBy(told.map(({ outcome }) => outcome))).map(([outcome, number]) =>
      row(`… ${outcome}`, count(number)),
    ),
    row('answers given by vendors', count(serves.size)),
    row('receipts', count(receipts.length)),
    ...sorted(result.endings).map(([ended, number]) => row(`… ${ended}`, count(number))),
    row('second receipts, of requests that ended late', count(result.late.receipts)),
    row('begun by a vendor, charged to nobody', count(result.unchargedServes)),
    row('whole answers lost with a killed replica', count(result.lostToKills)),
    '',
    row('refused', 'tries'),
    row('---', '---:'),
    ...sorted(countBy(refused.map(reasonOf))).map(([reason, number]) => row(reason, count(number))),
    '',
    row('money', 'USD'),
    row('---', '---:'),
    row('charged, by the receipts', usd(result.chargedNano)),
    row('charged, recomputed', usd(result.recomputedNano)),
    row('difference', usd(result.chargedNano - result.recomputedNano)),
    row('balances', usd(result.balancesNano)),
    row('credits less recomputed charges', usd(result.expectedBalancesNano)),
    row('difference', usd(result.balancesNano - result.expectedBalancesNano)),
    row('of that charged late', usd(result.late.chargedNano)),
    row('above what accounts could pay', usd(result.uncollectedNano)),
    '',
    ...(outages.length === 0 ? [] : outageLines(result)),
    `${count(operator.done.credits)} credits and ${count(operator.done.refunds)} refunds meanwhile, ${count(operator.done.repeated)} of them asked for twice.`,
    `${(result.tookMs / 1_000).toFixed(1)} s, ${count(Math.round((told.length * 1_000) / result.tookMs))} tries a second; nothing held any more after ${(result.releasedMs / 1_000).toFixed(1)} s.`,
    result.faults.length === 0 ? 'Everything adds up.' : `WRONG:\n${result.faults.join('\n')}`,
  ]
  return lines.join('\n')
}

const outageLines = (result: Result): readonly string[] => [
  row('fault', 'lasted, s', 'tries refused', 'with'),
  row('---', '---:', '---:', '---'),
  ...result.outages.map((outage) => {
    const { refused, byReason } = costOf(result, outage)
    const reasons = sorted(byReason).map(([reason, number]) => `${reason}: ${count(number)}`)
    return row(outage.name, ((outage.untilMs - outage.fromMs) / 1_000).toFixed(1), count(refused), reasons.join(', '))
  }),
  '',
]
