import { parseArgs } from 'node:util'
import { nearest } from '../config/faults.ts'
import { dropOwnSettings } from '../runtime/process.ts'
import { checkConfig } from './configuration.ts'
import { explain } from './explain.ts'
import { renderCommandHelp, renderHelp } from './help.ts'
import { type Call, type Command, EXIT, type Io } from './io.ts'
import { createKey, listKeys, revokeKey, rotateKey } from './keys.ts'
import { checkLedger, migrateCommand } from './ledger.ts'
import { listPrices, setPrice, withdrawPrice } from './prices.ts'
import {
  addProvider,
  addProviderKey,
  listProviders,
  pauseProvider,
  reencrypt,
  removeProvider,
  removeProviderKey,
  resumeProvider,
  testProvider,
} from './providers.ts'
import { rebuildCounters } from './rebuild-counters.ts'
import { rotateReceiptKey, verifyReceipt } from './receipt.ts'
import { reconcile } from './reconcile.ts'
import { reload } from './reload.ts'
import { serveCommand } from './serve.ts'
import { SETUP_COMMANDS } from './setup/commands.ts'
import { createUser, listUsers } from './users.ts'
import { VERSION } from '../version.ts'

const COMMANDS: readonly Command[] = [
  serveCommand,
  checkConfig,
  createUser,
  listUsers,
  createKey,
  listKeys,
  revokeKey,
  rotateKey,
  listPrices,
  setPrice,
  withdrawPrice,
  listProviders,
  pauseProvider,
  resumeProvider,
  addProvider,
  removeProvider,
  addProviderKey,
  removeProviderKey,
  testProvider,
  reencrypt,
  reload,
  explain,
  checkLedger,
  verifyReceipt,
  rotateReceiptKey,
  rebuildCounters,
  reconcile,
  migrateCommand,
  ...SETUP_COMMANDS,
]

/** Runs one command line. Resolves to the exit code, or `undefined` while the gateway it started goes on. */
export const runCommand = async (args: readonly string[], io: Io): Promise<number | undefined> => {
  const [first] = args
  if (first === '--version' || first === '-v' || first === 'version') {
    io.out(`${VERSION}\n`)
    return EXIT.success
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    io.out(renderHelp(COMMANDS))
    return EXIT.success
  }
  const found = findCommand(args)
  if (!found) return refuse(io, unknownCommand(args))
  const { command, rest } = found
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(renderCommandHelp(command))
    return EXIT.success
  }
  const call = readCall(command, rest, io)
  if (typeof call === 'string') return refuse(io, `${call}\n\n${renderCommandHelp(command)}`)
  try {
    return await command.run(call)
  } catch (error) {
    io.problem(`${error instanceof Error ? error.message : String(error)}\n`)
    return EXIT.failure
  }
}

const refuse = (io: Io, message: string): number => {
  io.problem(`${message}\n`)
  return EXIT.usage
}

/** The command that the first words name; options alone mean `serve`. */
const findCommand = (args: readonly string[]): { command: Command; rest: readonly string[] } | undefined => {
  const [first, second] = args
  if (first === undefined || first.startsWith('-')) return { command: serveCommand, rest: args }
  const pair = COMMANDS.find(({ name }) => name === `${first} ${second}`)
  if (pair) return { command: pair, rest: args.slice(2) }
  const single = COMMANDS.find(({ name }) => name === first)
  return single && { command: single, rest: args.slice(1) }
}

const unknownCommand = (args: readonly string[]): string => {
  const words = args.filter((word) => !word.startsWith('-')).slice(0, 2)
  const names = COMMANDS.map(({ name }) => name)
  const inGroup = names.filter((name) => name.startsWith(`${words[0]} `))
  if (inGroup.length > 0) return `Say which: ${inGroup.map((name) => `tollgate ${name}`).join(', ')}.`
  const meant = nearest(words.join(' '), names) ?? nearest(words[0] ?? '', names)
  const hint = meant ? ` Did you mean \`tollgate ${meant}\`?` : ''
  return `There is no command \`${words.join(' ')}\`.${hint} \`tollgate --help\` lists them.`
}

/** The options and arguments of a command, or what is wrong with them. */
const readCall = (command: Command, args: readonly string[], io: Io): Call | string => {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, option]) => [
      name,
      { type: option.argument ? 'string' : 'boolean' } as const,
    ]),
  )
  const positionalsMax = command.argument ? 1 : 0
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    if (positionals.length > positionalsMax) return `\`${positionals[positionalsMax]}\` is one argument too many.`
    const isOptional = command.argument?.startsWith('[') === true
    if (positionals.length < positionalsMax && !isOptional) return `${command.argument} is missing.`
    return { values: values as Call['values'], positionals, io }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

if (import.meta.main) {
  dropOwnSettings(process.env)
  const code = await runCommand(process.argv.slice(2), {
    environment: process.env,
    out: (text) => void process.stdout.write(text),
    problem: (text) => void process.stderr.write(text),
  })
  if (code === EXIT.success) process.exitCode = code
  // What a failed start had opened would keep the process alive, and the database locked.
  else if (code !== undefined) process.stderr.write('', () => process.exit(code))
}
