import { expect, test } from 'bun:test'
import { readCsv } from './csv.ts'

const TABLES: readonly (readonly [string, string, readonly Readonly<Record<string, string>>[]])[] = [
  [
    'plain rows',
    'a,b\n1,2\n3,4\n',
    [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ],
  ],
  ['no line end at the end', 'a,b\n1,2', [{ a: '1', b: '2' }]],
  ['line ends of Windows and a byte order mark', '\ufeffa,b\r\n1,2\r\n', [{ a: '1', b: '2' }]],
  ['quoted cells with commas, quotes and line ends', 'a,b\n"x, ""y""","1\n2"\n', [{ a: 'x, "y"', b: '1\n2' }]],
  ['empty cells', 'a,b,c\n,,\n', [{ a: '', b: '', c: '' }]],
  ['empty lines', 'a\n\n1\n\n', [{ a: '1' }]],
  ['a comma at the very end', 'a,b\n1,', [{ a: '1', b: '' }]],
  ['nothing at all', '', []],
]

test.each(TABLES)('%s are read', (_, text, rows) => {
  const read = readCsv(text)
  expect(read.ok && read.value.rows).toEqual([...rows])
})

test('a row that is too short, as the last one of a file that was cut, and a name that stands twice are refused', () => {
  const cut = 'line 3 has fewer cells than the first line has names: was the file cut?'
  for (const end of ['3', '3\n', '"3"']) expect(readCsv(`a,b\n1,2\n${end}`)).toEqual({ ok: false, error: cut })
  expect(readCsv('a,b, a\n1,2,3\n')).toEqual({ ok: false, error: 'the first line names `a` twice' })
})

test('a row that is too long and a quote that is never closed are told by their line', () => {
  expect(readCsv('a\n1\n2,3\n')).toMatchObject({ ok: false, error: expect.stringContaining('line 3') })
  expect(readCsv('a\n"1\n')).toMatchObject({ ok: false, error: expect.stringContaining('line 2') })
})
