import type { Case } from './cases.ts'
import type { Outcome } from './drive.ts'
import { STATE_FAULT } from './upstream/history.ts'

/** A case, and what became of it. */
export interface Result {
  readonly one: Case
  readonly outcome: Outcome
  /** A run before it that the client itself spoiled. */
  readonly spoiled?: Outcome
}

const cellOf = ({ outcome }: Result): string => {
  const { faults } = outcome
  if (faults.length > 0) return faults.every((fault) => fault.startsWith(STATE_FAULT)) ? 'NO STATE' : 'FAILED'
  return outcome.statesKept > 0 ? `ok +${outcome.statesKept}` : 'ok'
}

/**
 * A line for each client and upstream, a column for each scenario; `+n`: pieces of reasoning state brought back whole;
 * `NO STATE`: failed in that alone.
 */
export const matrixOf = (results: readonly Result[]): string => {
  const columns = [...new Set(results.map(({ one }) => one.scenario.name))]
  const rows = Map.groupBy(results, ({ one }) => `${one.client.name.padEnd(26)}${one.upstream}`)
  const head = `${'client'.padEnd(26)}${'upstream'.padEnd(12)}${columns.map((name) => name.padEnd(10)).join('')}`
  const lines = [...rows].map(([name, inside]) => {
    const cells = columns.map((column) => {
      const result = inside.find(({ one }) => one.scenario.name === column)
      return (result ? cellOf(result) : '').padEnd(10)
    })
    return `${name.padEnd(38)}${cells.join('')}`
  })
  return [head, ...lines].map((line) => line.trimEnd()).join('\n')
}

/** Everything that was lost in translation, with the number of requests that lost it. */
export const lossesOf = (results: readonly Result[]): string => {
  const rows = Map.groupBy(
    results.flatMap(({ one, outcome }) =>
      outcome.receipts.flatMap(({ warnings }) =>
        [...new Set(warnings.map(placeless))].map((loss) => ({ pair: `${one.client.name} on ${one.upstream}`, loss })),
      ),
    ),
    ({ pair, loss }) => `${pair.padEnd(38)}${loss}`,
  )
  return [...rows].map(([name, inside]) => `${name}  ${inside.length}`).join('\n')
}

/** Positions in lists differ from request to request. */
const placeless = (warning: string): string => warning.replaceAll(/\/\d+(?=[/;])/g, '/*')
