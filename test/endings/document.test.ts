import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SAID } from './row.ts'

/** Rows that take more than a gateway and a provider: whose tests prove them besides what they are about. */
const ELSEWHERE: Readonly<Record<string, readonly [path: string, test: string]>> = {
  'ledger-away': ['degraded/postgres.test.ts', "row('postgres-down'"],
  'settled-late': ['degraded/postgres.test.ts', "row('postgres-down'"],
  'cut-off': ['degraded/replicas.test.ts', "row('replica-cut-off'"],
}

/** The rows that tests of this folder prove. */
const proved = readdirSync(import.meta.dir)
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [...readFileSync(join(import.meta.dir, name), 'utf8').matchAll(/^\s*row\('([a-z-]+)'/gm)])
  .map(([, id = '']) => id)

test('every row of the endings in docs/billing.md has its test, and every test its row', () => {
  expect(SAID.length).toBeGreaterThan(30)
  expect([...proved, ...Object.keys(ELSEWHERE)].toSorted()).toEqual(SAID.map(({ id }) => id).toSorted())
})

test.each(Object.entries(ELSEWHERE))('%s is proved where this says', (_id, [path, name]) => {
  expect(readFileSync(join(import.meta.dir, '..', path), 'utf8')).toContain(name)
})

test('every row says what happens and what it costs', () => {
  for (const { id, happens, ended, charged } of SAID) {
    const empty = [happens, ended, charged].filter((cell) => cell === '')
    expect([id, empty]).toEqual([id, []])
  }
})
