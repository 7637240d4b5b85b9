import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { diffLines, jsonLines } from './diff.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })

describe('two documents beside each other', () => {
  test('each side has all of its lines in order, whatever they are', () => {
    fc.assert(
      fc.property(lines, lines, (left, right) => {
        const rows = diffLines(left, right)
        expect(rows.flatMap((row) => (row.left === undefined ? [] : [row.left]))).toEqual(left)
        expect(rows.flatMap((row) => (row.right === undefined ? [] : [row.right]))).toEqual(right)
        for (const row of rows) {
          if (row.kind === 'same') expect(row.left).toBe(row.right)
          if (row.kind === 'changed') expect(row.left !== undefined && row.right !== undefined).toBe(true)
        }
      }),
      { seed: 6, numRuns: 300 },
    )
  })

  test('what is the same is not marked', () => {
    fc.assert(
      fc.property(lines, (left) => {
        expect(diffLines(left, left).every(({ kind }) => kind === 'same')).toBe(true)
      }),
      { seed: 6 },
    )
  })

  test('what was changed stands beside what it was changed to', () => {
    const before = jsonLines({ model: 'gpt-5', stream: true, user: 'x' })
    const after = jsonLines({ model: 'claude', stream: true })
    expect(diffLines(before, after).filter(({ kind }) => kind !== 'same')).toEqual([
      { kind: 'changed', left: '  "model": "gpt-5",', right: '  "model": "claude",' },
      { kind: 'changed', left: '  "stream": true,', right: '  "stream": true' },
      { kind: 'left', left: '  "user": "x"' },
    ])
  })

  test('the order of members is no difference where it is not looked at', () => {
    expect(jsonLines({ b: [{ d: 1, c: 2 }], a: 1 }, true)).toEqual(jsonLines({ a: 1, b: [{ c: 2, d: 1 }] }, true))
  })

  test('documents too long to be compared are shown whole all the same', () => {
    const left = Array.from({ length: 3_000 }, (_, index) => `left ${index}`)
    const right = Array.from({ length: 3_000 }, (_, index) => `right ${index}`)
    const rows = diffLines(left, right)
    expect(rows.length).toBe(3_000)
    expect(rows.every(({ kind }) => kind === 'changed')).toBe(true)
  })
})
