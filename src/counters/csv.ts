import { err, ok, type Result } from '../result.ts'

/** A row by the names of the first line. */
export type CsvRow = Readonly<Record<string, string>>

/**
 * Reads CSV as RFC 4180 has it, with a first line of names; a byte order mark and line ends of either kind are taken. An
 * error in words where a row has more or fewer cells than there are names (a file that was cut ends in one), a name stands
 * twice, or a quote is never closed.
 */
export const readCsv = (
  text: string,
): Result<{ readonly names: readonly string[]; readonly rows: readonly CsvRow[] }, string> => {
  const lines: string[][] = []
  let cells: string[] = []
  let rest = 0
  const source = text.replace(/^\ufeff/, '')
  CELL.lastIndex = 0
  while (rest < source.length) {
    CELL.lastIndex = rest
    const match = CELL.exec(source)
    if (!match) return err(`line ${lines.length + 1} has a quote that is never closed`)
    const [whole, quoted, plain = '', end] = match
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    rest += whole.length
    if (end === ',') {
      if (rest === source.length) cells.push('')
      else continue
    }
    if (cells.length > 1 || cells[0] !== '') lines.push(cells)
    cells = []
  }
  if (cells.length > 0) lines.push(cells)
  const [names = [], ...rows] = lines
  const uneven = rows.findIndex((row) => row.length !== names.length)
  if (uneven !== -1) {
    const isLong = (rows[uneven]?.length ?? 0) > names.length
    const cut = isLong ? '' : ': was the file cut?'
    return err(`line ${uneven + 2} has ${isLong ? 'more' : 'fewer'} cells than the first line has names${cut}`)
  }
  const trimmed = names.map((name) => name.trim())
  const twice = trimmed.find((name, index) => trimmed.indexOf(name) !== index)
  if (twice !== undefined) return err(`the first line names \`${twice}\` twice`)
  return ok({
    names: trimmed,
    rows: rows.map((row) => Object.fromEntries(trimmed.map((name, index) => [name, row[index]?.trim() ?? '']))),
  })
}

/** A cell and what ends it. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y
