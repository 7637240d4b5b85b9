import type { Command, Option } from './io.ts'
import { VERSION } from '../version.ts'

/** The help of the whole program. */
export const renderHelp = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map((command) => heading(command).length))
  return [
    `Tollgate ${VERSION}: an LLM gateway that meters and charges exactly.`,
    '',
    'Usage: tollgate [command] [options]',
    '',
    ...commands.map((command) => `  ${heading(command).padEnd(width)}  ${command.summary}`),
    '',
    '`tollgate <command> --help` shows the options of a command; `tollgate --version` the version.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 78 mistakes in the configuration.',
    '',
  ].join('\n')
}

const heading = ({ name, argument }: Command): string => (argument ? `${name} ${argument}` : name)

/** The help of one command. */
export const renderCommandHelp = (command: Command): string => {
  const options: [string, Option][] = Object.entries({ ...command.options, help: { help: 'Show this' } })
  const rows = options.map(
    ([name, option]) => [`--${name}${option.argument ? ` ${option.argument}` : ''}`, option.help] as const,
  )
  const width = Math.max(...rows.map(([left]) => left.length))
  return [
    `Usage: tollgate ${heading(command)} [options]`,
    '',
    command.summary,
    '',
    ...rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`),
    '',
  ].join('\n')
}
