import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Cell, csvRow, csvStream } from './csv.ts'

/** Reads RFC 4180 without any code of the writer. */
const read = (text: string): readonly (readonly string[])[] => {
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index] ?? ''
    if (isQuoted && sign === '"' && text[index + 1] === '"') {
      cell += '"'
      index += 1
    } else if (sign === '"') isQuoted = !isQuoted
    else if (!isQuoted && (sign === ',' || sign === '\r')) {
      rows.at(-1)?.push(cell)
      cell = ''
      if (sign === '\r') {
        rows.push([])
        index += 1
      }
    } else cell += sign
  }
  return rows.slice(0, -1)
}

describe('a file for spreadsheets', () => {
  test('says every text again that was written', () => {
    const texts = fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), { maxLength: 5 })
    fc.assert(
      fc.property(texts, (rows) => {
        const plain = rows.map((row) => row.map((text) => text.replace(/^[=+\-@\t\r]+/, '')))
        expect(read(plain.map(csvRow).join(''))).toEqual(plain)
      }),
      { seed: 20_261_121, numRuns: 200 },
    )
  })

  const cells: readonly (readonly [what: string, Cell, string])[] = [
    ['a formula', '=1+1', "'=1+1"],
    ['a command', "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
    ['a plus', '+1', "'+1"],
    ['a minus', '-1+1', "'-1+1"],
    ['an at', '@SUM(A1)', "'@SUM(A1)"],
    ['a tab before it', '\t=1', "'\t=1"],
    ['a formula with a comma', '=HYPERLINK("x",1)', `"'=HYPERLINK(""x"",1)"`],
    ['an amount below zero', '-0.250000000', '-0.250000000'],
    ['what looks like one', '-0.250000000+1', "'-0.250000000+1"],
    ['a number', -5, '-5'],
    ['nothing', null, ''],
    ['a truth', true, 'true'],
    ['a line end', 'a\nb', '"a\nb"'],
  ]
  test.each([...cells])('writes %s so that nothing is computed', (_what, cell, text) => {
    expect(csvRow([cell])).toBe(`${text}\r\n`)
  })

  test('is made page by page as it is read, its header first', async () => {
    const pages: (readonly (readonly Cell[])[])[] = [[[1], [2]], [], [[3]]]
    let asked = 0
    const reader = csvStream(['n'], async () => {
      asked += 1
      return pages.shift()
    }).getReader()
    const first = await reader.read()
    expect([new TextDecoder().decode(first.value), asked]).toEqual(['n\r\n1\r\n2\r\n', 1])
    let rest = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      rest += new TextDecoder().decode(value)
    }
    expect(rest).toBe('3\r\n')
  })
})
