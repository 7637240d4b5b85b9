/**
 * Stands in for the `claude` command: takes the options of a print run, reads and writes stream-json as Claude Code 2.1
 * does, and says what the last line of the prompt tells it to. What it was started with goes to the file that
 * `STAND_IN_LOG` names, a line for each start.
 */
import { spawn } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { playOf, type Play, type Said } from './plays.ts'

const FLAGS = new Set([
  ...['-p', '--verbose', '--include-partial-messages', '--strict-mcp-config', '--disable-slash-commands'],
  '--no-session-persistence',
])
const OPTIONS = new Set([
  ...['--input-format', '--output-format', '--model', '--effort', '--system-prompt-file', '--tools', '--allowedTools'],
  ...['--setting-sources', '--settings'],
])

const fail = (message: string): never => {
  process.stderr.write(`error: ${message}\n`)
  process.exit(1)
}

const readOptions = (args: readonly string[]): Map<string, string> => {
  const options = new Map<string, string>()
  for (let at = 0; at < args.length; at += 1) {
    const name = args[at] ?? ''
    if (FLAGS.has(name)) options.set(name, '')
    else if (OPTIONS.has(name)) options.set(name, args[++at] ?? fail(`option '${name}' argument missing`))
    else fail(`unknown option '${name}'`)
  }
  if (options.get('--output-format') === 'stream-json' && !options.has('--verbose'))
    fail('--output-format=stream-json requires --verbose')
  return options
}

const note = (fact: object): void => {
  const file = process.env.STAND_IN_LOG
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ pid: process.pid, ...fact })}\n`)
}

const write = (line: Said | string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`, () => resolve())
  })

const SESSION = '4b7c9d1e-0000-4000-8000-000000000000'
const init = (model: string): Said => ({
  type: 'system',
  subtype: 'init',
  cwd: process.cwd(),
  session_id: SESSION,
  tools: [],
  mcp_servers: [],
  model,
  permissionMode: 'default',
  claude_code_version: '2.1.0',
})

const acknowledged: Said = { type: 'result', subtype: 'success', is_error: false, num_turns: 0, result: '', usage: {} }

/** Stays, with a child in its group, until it is killed: asked to end, neither does. */
const hang = (): Promise<void> => {
  process.on('SIGTERM', () => undefined)
  const child = spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 1; done'], { stdio: 'ignore' })
  note({ child: child.pid })
  return new Promise(() => setInterval(() => undefined, 1_000))
}

const perform = async (play: Play): Promise<void> => {
  for (const line of play.lines) await write(line)
  if (play.ends === 'hang') await hang()
  if (play.ends === 'crash') {
    process.stderr.write('panic: the stand-in was told to crash\n')
    process.exit(3)
  }
}

interface Turn {
  readonly type: string
  readonly message: { readonly role: string; readonly content: readonly Record<string, unknown>[] }
  readonly shouldQuery?: boolean
  readonly text_not_typed?: boolean
}

const lastText = ({ message }: Turn): string => {
  const text = message.content.at(-1)?.text
  return typeof text === 'string' ? text : ''
}

const main = async (args: readonly string[]): Promise<void> => {
  if (args[0] === '--version') return write('2.1.0 (Claude Code)')
  if (args.join(' ') === 'auth status') {
    await write(JSON.stringify({ loggedIn: process.env.STAND_IN_LOGGED_IN === 'yes' }))
    process.exit(process.env.STAND_IN_LOGGED_IN === 'yes' ? 0 : 1)
  }
  const options = readOptions(args)
  const model = options.get('--model') ?? ''
  const system = readFileSync(options.get('--system-prompt-file') ?? fail('no instructions'), 'utf8')
  const turns: Turn[] = []
  note({ args, system, cwd: process.cwd(), files: readdirSync('.'), environment: process.env })
  let failed = false
  for await (const line of createInterface({ input: process.stdin })) {
    const turn = JSON.parse(line) as Turn
    turns.push(turn)
    if (turn.type === 'assistant') continue
    await write(init(model))
    if (turn.shouldQuery === false && model !== 'claude-old') {
      await write(acknowledged)
      continue
    }
    note({ turns })
    const play = playOf(lastText(turn), { model, turns: turns.length, system })
    failed = play.lines.some((said) => typeof said === 'object' && said.type === 'result' && said.is_error === true)
    await perform(play)
  }
  process.exit(failed ? 1 : 0)
}

await main(process.argv.slice(2))
