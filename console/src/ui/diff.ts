/** One line of a document beside its counterpart in the other. */
export interface DiffLine {
  /** `same` on both sides, `changed` on both but different, or on one side only. */
  readonly kind: 'same' | 'changed' | 'left' | 'right'
  readonly left?: string
  readonly right?: string
}

/** Above this many pairs to compare, lines in the middle are all shown as changed: a comparison must end. */
const PAIRS_MAX = 4_000_000

/** JSON as lines, its members in the order of the alphabet where `isSorted`, so that order alone is no difference. */
export const jsonLines = (value: unknown, isSorted = false): readonly string[] =>
  (JSON.stringify(isSorted ? sorted(value) : value, null, 2) ?? '').split('\n')

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}

/** What is the same and what is not, line by line: the longest common subsequence, after equal beginnings and ends. */
export const diffLines = (left: readonly string[], right: readonly string[]): readonly DiffLine[] => {
  let start = 0
  while (start < left.length && start < right.length && left[start] === right[start]) start++
  let end = 0
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  )
    end++
  const same = (lines: readonly string[]): DiffLine[] =>
    lines.map((line) => ({ kind: 'same', left: line, right: line }))
  const middle = compared(left.slice(start, left.length - end), right.slice(start, right.length - end))
  return [...same(left.slice(0, start)), ...paired(middle), ...same(left.slice(left.length - end))]
}

const compared = (left: readonly string[], right: readonly string[]): readonly DiffLine[] => {
  const onlyLeft = left.map((line): DiffLine => ({ kind: 'left', left: line }))
  const onlyRight = right.map((line): DiffLine => ({ kind: 'right', right: line }))
  if (left.length * right.length > PAIRS_MAX || left.length === 0 || right.length === 0)
    return [...onlyLeft, ...onlyRight]
  const width = right.length + 1
  const lengths = new Uint32Array((left.length + 1) * width)
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0
  for (let row = left.length - 1; row >= 0; row--)
    for (let column = right.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  const lines: DiffLine[] = []
  let row = 0
  let column = 0
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      lines.push({ kind: 'same', left: left[row++], right: right[column++] })
    } else if (column >= right.length || (row < left.length && at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ kind: 'left', left: left[row++] })
    } else {
      lines.push({ kind: 'right', right: right[column++] })
    }
  }
  return lines
}

/** Puts what was taken away beside what came in its place. */
const paired = (lines: readonly DiffLine[]): readonly DiffLine[] => {
  const result: DiffLine[] = []
  let index = 0
  while (index < lines.length) {
    const gone = runOf(lines, index, 'left')
    const come = runOf(lines, index + gone.length, 'right')
    const both = Math.min(gone.length, come.length)
    for (let pair = 0; pair < both; pair++)
      result.push({ kind: 'changed', left: gone[pair]?.left, right: come[pair]?.right })
    result.push(...gone.slice(both), ...come.slice(both))
    index += gone.length + come.length
    const next = lines[index]
    if (next?.kind === 'same') {
      result.push(next)
      index++
    }
  }
  return result
}

const runOf = (lines: readonly DiffLine[], from: number, kind: DiffLine['kind']): readonly DiffLine[] => {
  let to = from
  while (lines[to]?.kind === kind) to++
  return lines.slice(from, to)
}
