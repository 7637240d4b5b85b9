import type { Equivalent } from './equivalents.ts'
import type { Verdict } from './hunt.ts'
import type { Line } from './lines.ts'

export interface Findings {
  readonly verdicts: readonly Verdict[]
  readonly equivalents: readonly Equivalent[]
  /** Survivors that do not compile. */
  readonly missedByTypes: ReadonlySet<Line>
}

export interface Report {
  readonly text: string
  /** Lines that can be deleted, named nowhere, and lines that are named and cannot. */
  readonly faults: readonly string[]
}

/** Whether a line is the one that is named. */
export const isNamed = (line: Line, { path, within, text }: Equivalent): boolean =>
  line.path === path && line.within === within && line.text === text

/** What was found, file by file, and whether anything of it is wrong. */
export const reportOf = ({ verdicts, equivalents, missedByTypes }: Findings): Report => {
  const named = (line: Line): boolean => equivalents.some((equivalent) => isNamed(line, equivalent))
  const unnamed = verdicts.filter(({ line, killedBy }) => killedBy === undefined && !named(line))
  const held = unnamed.filter(({ line }) => missedByTypes.has(line))
  const survivors = unnamed.filter(({ line }) => !missedByTypes.has(line))
  const wrong = equivalents.filter((equivalent) => {
    const own = verdicts.filter(({ line }) => isNamed(line, equivalent))
    return own.length > 0 && own.every(({ killedBy }) => killedBy !== undefined)
  })
  const faults = [
    ...survivors.map(({ line }) => `survived: ${told(line)}`),
    ...wrong.map(
      ({ path, within, text }) => `named as equivalent, and a test fails without: ${path} ${within}: ${text}`,
    ),
  ]
  const killed = verdicts.filter(({ killedBy }) => killedBy !== undefined).length
  const summary =
    `${verdicts.length} lines deleted: ${killed} killed, ${verdicts.length - killed - unnamed.length} equivalent, ` +
    `${held.length} held by types alone, ${survivors.length} survived`
  const types = held.map(({ line }) => `held by types alone: ${told(line)}`)
  return { text: [...byFile(verdicts), '', ...types, ...faults, summary].join('\n'), faults }
}

const told = ({ path, line, within, text }: Line): string => `${path}:${line} ${within}: ${text}`

const byFile = (verdicts: readonly Verdict[]): readonly string[] =>
  [...Map.groupBy(verdicts, ({ line }) => line.path)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, own]) => {
      const survived = own.filter(({ killedBy }) => killedBy === undefined).length
      return `${path}: ${own.length - survived} killed${survived > 0 ? `, ${survived} not` : ''}`
    })
