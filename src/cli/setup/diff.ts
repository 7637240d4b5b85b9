import { linesOf } from '../../setup/editor.ts'

const CONTEXT = 2
const SECRET = /\b(?:sk|pk|xai|gsk|AIza|ghp|glpat)[-_A-Za-z0-9]{8,}/g

/** Keys in a text, made unreadable. */
export const masked = (text: string): string => text.replace(SECRET, (key) => `${key.slice(0, 5)}…`)

/** The lines by which two texts differ, with two lines around them; keys are masked. */
export const diff = (file: string, before: string, after: string): string => {
  const [left, right] = [linesOf(before), linesOf(after)].map((lines) =>
    lines.at(-1) === '' ? lines.slice(0, -1) : lines,
  )
  const rows = compare(left ?? [], right ?? [])
  const isNear = (index: number): boolean =>
    rows.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((row) => !row.startsWith(' '))
  const shown = rows.flatMap((row, index) => (isNear(index) ? [row] : isNear(index - 1) ? ['  …'] : []))
  return [`--- ${file}`, `+++ ${file}`, ...shown.map(masked), '']
    .map((line) => Buffer.from(line, 'latin1').toString())
    .join('\n')
}

/** Lines that begin with a blank, a minus or a plus, by the longest common subsequence. */
const compare = (left: readonly string[], right: readonly string[]): readonly string[] => {
  const width = right.length + 1
  const lengths = new Uint32Array((left.length + 1) * width)
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        left[row] === right[column]
          ? (lengths[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(lengths[(row + 1) * width + column] ?? 0, lengths[row * width + column + 1] ?? 0)
    }
  }
  const rows: string[] = []
  let [row, column] = [0, 0]
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      rows.push(`  ${left[row]}`)
      row += 1
      column += 1
    } else if (
      column >= right.length ||
      (row < left.length && (lengths[(row + 1) * width + column] ?? 0) >= (lengths[row * width + column + 1] ?? 0))
    ) {
      rows.push(`- ${left[row]}`)
      row += 1
    } else {
      rows.push(`+ ${right[column]}`)
      column += 1
    }
  }
  return rows
}
