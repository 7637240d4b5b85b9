/** A function that is too long: its first line and how many it has. */
export interface LongFunction {
  readonly line: number
  readonly lines: number
}

const OPENS = /(=>|\)(?::[^={]+)?)\s*\{\s*$/

const indentOf = (line: string): string => /^\s*/.exec(line)?.[0] ?? ''

/** Whether a body is that of a `describe`: it groups tests, as a file does, and is no function of its own. */
const opensGroup = (lines: readonly string[], index: number): boolean => {
  const line = lines[index] ?? ''
  const indent = indentOf(line)
  // A table of groups begins some lines above its body.
  const start = line.trimStart().startsWith(']')
    ? lines.slice(0, index).findLast((earlier) => earlier !== '' && indentOf(earlier) === indent)
    : line
  return /^\s*describe\b/.test(start ?? '')
}

/**
 * Functions longer than `linesMax`, by indentation: a line that opens a function body, until the next line that closes
 * a brace at the same depth. Formatted code needs no parser for that.
 */
export const longFunctions = (text: string, linesMax: number): readonly LongFunction[] => {
  const lines = text.split('\n')
  const found: LongFunction[] = []
  for (const [index, line] of lines.entries()) {
    if (!OPENS.test(line) || /^\s*(if|for|while|switch|\} else)/.test(line) || opensGroup(lines, index)) continue
    const indent = indentOf(line)
    const end = lines.findIndex((later, at) => at > index && later.startsWith(`${indent}}`))
    if (end !== -1 && end - index + 1 > linesMax) found.push({ line: index + 1, lines: end - index + 1 })
  }
  return found
}
