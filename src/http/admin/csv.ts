/** A cell: numbers and texts as they are; nothing is an empty one. */
export type Cell = string | number | boolean | null

/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/
const QUOTED = /[",\r\n]/

/**
 * A row as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe before it: names of models
 * are what clients wrote.
 */
export const csvRow = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`

const csvCell = (cell: Cell): string => {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  const text = FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Amounts are texts, and below zero they begin like formulas. */
const NUMBER = /^-\d+\.\d{9}$/

/** A file of rows that are made as they are read: `pages` says the next ones, and none at the end. */
export const csvStream = (
  header: readonly string[],
  pages: () => Promise<readonly (readonly Cell[])[] | undefined>,
): ReadableStream<Uint8Array> => {
  let text = csvRow(header)
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        // Whoever reads waits until there is something, or the end.
        for (;;) {
          const rows = await pages()
          text += (rows ?? []).map(csvRow).join('')
          if (text !== '') controller.enqueue(TEXT.encode(text))
          if (rows === undefined) return controller.close()
          if (text !== '') break
        }
        text = ''
      },
    },
    { highWaterMark: 0 },
  )
}

const TEXT = new TextEncoder()

/** For a file that a browser saves. */
export const csvHeaders = (name: string): Record<string, string> => ({
  'content-type': 'text/csv; charset=utf-8; header=present',
  'content-disposition': `attachment; filename="${name}.csv"`,
  'cache-control': 'no-store',
})
