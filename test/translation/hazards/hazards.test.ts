import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { PAIRS } from '../proofs/lanes.ts'
import { ELSEWHERE } from './elsewhere.ts'
import { ROWS } from './rows.ts'
import { misplacedLosses, runRow, streamed, streamedTogether } from './run.ts'
import { UNVERIFIABLE } from './unverifiable.ts'

const HAZARDS = 165

describe('hazard', () => {
  test.each(ROWS.map((row) => [`${row.number} ${row.title}`, row] as const))('%s', (_, row) => runRow(row))
})

test('165 streams that are translated at once share nothing', () => {
  const rows = ROWS.filter((row) => row.kind === 'stream')
  for (const [index, row] of rows.entries()) {
    const other = rows[(index + 1) % rows.length] ?? row
    expect(streamedTogether(row, other)).toEqual([streamed(row), streamed(other)])
  }
})

describe('a loss', () => {
  const requests = ROWS.filter((row) => row.kind === 'request')
  test.each(PAIRS)('of a request of %s at a model of %s names a field that the client wrote', (from, to) => {
    const rows = requests.filter((row) => row.from === from)
    expect(rows.flatMap((row) => misplacedLosses(row, to))).toEqual([])
  })
})

describe('the catalogue of hazards', () => {
  test('has each in a row, or says where else it is proved, or why it cannot be', () => {
    const told = new Set([...ROWS, ...ELSEWHERE, ...UNVERIFIABLE].map(({ number }) => number))
    const numbers = Array.from({ length: HAZARDS }, (_, index) => index + 1)
    expect(numbers.filter((number) => !told.has(number))).toEqual([])
    expect([...told].filter((number) => number < 1 || number > HAZARDS)).toEqual([])
  })

  test('has no two rows of the same name', () => {
    const names = ROWS.map(({ number, title }) => `${number} ${title}`)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test.each(ELSEWHERE.map((entry) => [`${entry.number} in ${entry.file}`, entry] as const))(
    '%s: the proof stands where it is said to',
    (_, { file, title }) => {
      expect(readFileSync(file, 'utf8')).toContain(title)
    },
  )
})
