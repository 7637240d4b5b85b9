/** A function that is too long: its first line and how many it has. */
export interface LongFunction {
  readonly line: number
  readonly lines: number
}

const OPENS = /(=>|\)(?::[^={]+)?)\s*\{\s*$/

/**
 * Functions longer than `linesMax`, by indentation: a line that opens a function body, until the next line that closes
 * a brace at the same depth. Formatted code needs no parser for that.
 */
export const longFunctions = (text: string, linesMax: number): readonly LongFunction[] => {
  const lines = text.split('\n')
  const found: LongFunction[] = []
  for (const [index, line] of lines.entries()) {
    if (!OPENS.test(line) || /^\s*(if|for|while|switch|\} else)/.test(line)) continue
    const indent = /^\s*/.exec(line)?.[0] ?? ''
    const end = lines.findIndex((later, at) => at > index && later.startsWith(`${indent}}`))
    if (end !== -1 && end - index + 1 > linesMax) found.push({ line: index + 1, lines: end - index + 1 })
  }
  return found
}
