import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SAID } from './row.ts'

/** The rows that tests of this folder prove. */
const proved = readdirSync(import.meta.dir)
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [...readFileSync(join(import.meta.dir, name), 'utf8').matchAll(/^row\('([a-z-]+)'/gm)])
  .map(([, id = '']) => id)

test('every row of docs/degraded.md has its test, and every test its row', () => {
  expect(SAID.length).toBeGreaterThan(15)
  expect(proved.toSorted()).toEqual(SAID.map(({ id }) => id).toSorted())
})

test('every row says what goes on, what is refused, and what is lost', () => {
  for (const { id, happens, goesOn, refused, lost } of SAID) {
    const empty = [happens, goesOn, refused, lost].filter((cell) => cell === '')
    expect([id, empty]).toEqual([id, []])
  }
})
