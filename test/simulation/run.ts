// `npm run simulate [-- --requests N]`: what failover, health and hedging do for clients, measured with and without each.
import { DEAD, HALF_FAILING, HEALTHY, SLOW_TAIL, TRUNCATING, type Weather } from './faults.ts'
import { type Mechanisms, type Outcome, quantile, type Scenario, simulate } from './simulate.ts'

const argument = process.argv.indexOf('--requests')
const requests = argument === -1 ? 3_000 : Number(process.argv[argument + 1])
const CONCURRENCY = 20

const NOTHING: Mechanisms = { failover: false, health: false, hedging: false, strategy: 'weighted' }
const FAILOVER: Mechanisms = { ...NOTHING, failover: true }
const HEALTH: Mechanisms = { ...FAILOVER, health: true }
const HEDGING: Mechanisms = { ...HEALTH, hedging: true }

const five = (weather: Weather, count: number): readonly Weather[] =>
  Array.from({ length: 5 }, (_, index) => (index < count ? weather : HEALTHY))

const scenario = (name: string, channels: readonly Weather[], mechanisms: Mechanisms): Scenario => ({
  name,
  channels,
  mechanisms,
})

const SCENARIOS: readonly Scenario[] = [
  scenario('all healthy', five(HEALTHY, 0), HEALTH),
  scenario('2 of 5 fail half their requests, nothing done', five(HALF_FAILING, 2), NOTHING),
  scenario('the same, failover', five(HALF_FAILING, 2), FAILOVER),
  scenario('the same, failover and health', five(HALF_FAILING, 2), HEALTH),
  scenario('the same, failover, health and hedging', five(HALF_FAILING, 2), HEDGING),
  scenario('1 of 5 is dead, nothing done', five(DEAD, 1), NOTHING),
  scenario('the same, failover', five(DEAD, 1), FAILOVER),
  scenario('the same, failover and health', five(DEAD, 1), HEALTH),
  scenario('2 of 5 answer 1 in 20 late, failover and health', five(SLOW_TAIL, 2), HEALTH),
  scenario('the same, with hedging', five(SLOW_TAIL, 2), HEDGING),
  scenario('the same, lowest latency', five(SLOW_TAIL, 2), { ...HEALTH, strategy: 'lowest_latency' }),
  scenario('2 of 5 break 1 in 20 off after content, failover and health', five(TRUNCATING, 2), HEALTH),
]

const row = ({ name }: Scenario, outcome: Outcome): string => {
  const { ttftMs, succeeded, tries, chargedWrong, ledgerOk } = outcome
  const share = ((100 * succeeded) / outcome.requests).toFixed(2)
  const times = [0.5, 0.99].map((at) => Math.round(quantile(ttftMs, at))).join(' / ')
  const books = ledgerOk && chargedWrong === 0 ? 'each once' : `${chargedWrong} wrong`
  return `| ${name} | ${share} % | ${times} | ${(tries / outcome.requests).toFixed(2)} | ${books} |`
}

console.log(
  '| channels, and what is done | succeeded | time to first content p50 / p99, ms | tries a request | charged |',
)
console.log('|---|---|---|---|---|')
const outcomes = new Map<string, Outcome>()
for (const each of SCENARIOS) {
  const outcome = await simulate(each, requests, CONCURRENCY)
  outcomes.set(`${each.name} ${outcomes.size}`, outcome)
  console.log(row(each, outcome))
}

const [healthy, , , helped] = [...outcomes.values()]
const share = helped ? helped.succeeded / helped.requests : 0
const ratio = helped && healthy ? quantile(helped.ttftMs, 0.99) / quantile(healthy.ttftMs, 0.99) : Number.NaN
console.log(`
- ${share >= 0.999 ? 'met' : 'MISSED'}: at least 99.9 % succeed with 2 of 5 channels failing half: ${(share * 100).toFixed(2)} %.
- ${ratio <= 2 ? 'met' : 'MISSED'}: their p99 to first content is within 2 × of the healthy case: ${ratio.toFixed(2)} ×.`)
process.exitCode = share >= 0.999 && ratio <= 2 ? 0 : 1
