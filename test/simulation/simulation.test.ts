import { expect, setDefaultTimeout, test } from 'bun:test'
import { DEAD, HALF_FAILING, HEALTHY, TRUNCATING, type Weather } from './faults.ts'
import { simulate } from './simulate.ts'

setDefaultTimeout(120_000)

const EVERYTHING = { failover: true, health: true, hedging: false, strategy: 'weighted' }

const rows: readonly (readonly [string, readonly Weather[], number])[] = [
  ['two of five channels fail half their requests', [HALF_FAILING, HALF_FAILING, HEALTHY, HEALTHY, HEALTHY], 0.999],
  ['one of three is dead', [DEAD, HEALTHY, HEALTHY], 1],
  ['one breaks answers off after content, which nobody can take over', [TRUNCATING, HEALTHY], 0.9],
]
test.each(rows)('clients hardly notice when %s, and each answer is charged once', async (_, channels, share) => {
  const outcome = await simulate({ name: '', channels, mechanisms: EVERYTHING }, 600, 20)
  expect(outcome.succeeded / outcome.requests).toBeGreaterThanOrEqual(share)
  expect(outcome).toMatchObject({ chargedWrong: 0, ledgerOk: true })
})

test('without failover they do, so that the simulation can fail', async () => {
  const mechanisms = { failover: false, health: false, hedging: false, strategy: 'weighted' }
  const outcome = await simulate({ name: '', channels: [HALF_FAILING, HEALTHY], mechanisms }, 300, 20)
  expect(outcome.succeeded / outcome.requests).toBeLessThan(0.9)
  expect(outcome).toMatchObject({ chargedWrong: 0, ledgerOk: true })
})
