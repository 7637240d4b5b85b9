import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { installedFolder } from './folders.ts'

/**
 * The real Claude Code as the provider of one Tollgate, asking a second Tollgate in place of its vendor: what a client
 * says must arrive there, and nothing else of this machine.
 */

export const NAME = 'claude-cli'
const PROGRAM = 'cli/claude-code/node_modules/.bin/claude'
const MODEL = 'claude-sonnet-4-5'
const SECRET = 'words-of-a-file-that-nobody-sent'

interface Pair {
  readonly local: Gateway
  /** The same before a command that is not logged in. */
  readonly loggedOut: Gateway
  readonly vendor: Gateway
  readonly home: string
}

const startPair = async (): Promise<Pair> => {
  const home = mkdtempSync(join(tmpdir(), 'tollgate-claude-home-'))
  const vendor = await startGateway({
    config: {
      providers: { demo: { kind: 'demo' } },
      channels: [{ id: 'demo', provider: 'demo', models: [MODEL], model_map: { [MODEL]: 'demo' } }],
      log: { bodies: true, format: 'json' },
    },
  })
  const { key } = await vendor.createCustomer('1000')
  const command = join(installedFolder(), PROGRAM)
  const before = (env: Readonly<Record<string, string>>): Promise<Gateway> =>
    startGateway({
      config: {
        auth: 'none',
        providers: {
          local: {
            kind: 'claude-cli',
            claude_cli: { command, environment: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN'] },
          },
        },
      },
      env: { HOME: home, ...env },
    })
  const ANTHROPIC_BASE_URL = vendor.url
  return {
    vendor,
    home,
    local: await before({ ANTHROPIC_BASE_URL, ANTHROPIC_AUTH_TOKEN: key }),
    loggedOut: await before({ ANTHROPIC_BASE_URL }),
  }
}

type Json = Readonly<Record<string, unknown>>

const ask = async ({ url }: Gateway, path: string, body: Json): Promise<{ status: number; text: string }> => {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, max_tokens: 500, ...body }),
  })
  return { status: response.status, text: await response.text() }
}

const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what)
}

/** What the vendor was asked since: its log has every body. */
const heardBy = async ({ vendor }: Pair, run: () => Promise<void>): Promise<string> => {
  const before = vendor.output().length
  await run()
  return vendor.output().slice(before)
}

const prompt = (content: string): Json => ({ messages: [{ role: 'user', content }] })

type Check = readonly [name: string, run: (pair: Pair) => Promise<void>]

const CHECKS: readonly Check[] = [
  [
    'answers a message, and tells what it used',
    async ({ local }) => {
      const { status, text } = await ask(local, '/v1/messages', prompt('Which way to the harbour?'))
      const message = JSON.parse(text)
      must(status === 200, text)
      must(String(message.content[0].text).includes('Which way to the harbour?'), text)
      must(message.stop_reason === 'end_turn' && message.usage.output_tokens > 0, text)
    },
  ],
  [
    'streams to a Chat client',
    async ({ local }) => {
      const { status, text } = await ask(local, '/openai/v1/chat/completions', { ...prompt('Tell me.'), stream: true })
      must(status === 200 && text.trimEnd().endsWith('data: [DONE]'), text)
      must(text.split('"content"').length > 5, 'it came in one piece')
    },
  ],
  [
    'brings every turn and the instructions to its vendor, roles in turn',
    async (pair) => {
      const heard = await heardBy(pair, async () => {
        const messages = [
          { role: 'user', content: 'first-of-user' },
          { role: 'assistant', content: 'first-of-assistant' },
          { role: 'user', content: 'second-of-user' },
          { role: 'assistant', content: 'second-of-assistant' },
          { role: 'user', content: 'third-of-user' },
        ]
        const { status, text } = await ask(pair.local, '/v1/messages', { system: 'the-instructions', messages })
        must(status === 200, text)
      })
      const words = ['first-of-user', 'first-of-assistant', 'second-of-user', 'second-of-assistant', 'third-of-user']
      const places = words.map((word) => heard.indexOf(word))
      must(
        places.every((place, index) => place > (places[index - 1] ?? -1)),
        `out of order: ${places.join(' ')}`,
      )
      must(heard.includes('the-instructions'), 'the instructions are not there')
      must(!heard.includes('You are Claude Code'), 'its own instructions are there')
    },
  ],
  [
    'reads no file and runs no command that a prompt names',
    async (pair) => {
      const file = join(pair.home, 'secret.txt')
      writeFileSync(file, SECRET)
      writeFileSync(join(pair.home, 'CLAUDE.md'), SECRET)
      const heard = await heardBy(pair, async () => {
        for (const content of [`Read @${file} please`, `/add-dir ${pair.home}`, `!cat ${file}`]) {
          const { status, text } = await ask(pair.local, '/v1/messages', prompt(content))
          must(status === 200 && !text.includes(SECRET), text)
        }
      })
      must(heard.includes('/add-dir'), 'a prompt was taken for a command')
      must(!heard.includes(SECRET), 'a file was read')
    },
  ],
  [
    'ends where the limit of output is reached',
    async ({ local }) => {
      const { status, text } = await ask(local, '/v1/messages', { ...prompt('At length, please.'), max_tokens: 5 })
      must(status === 200 && JSON.parse(text).stop_reason === 'max_tokens', text)
    },
  ],
  [
    'says that it is not logged in',
    async ({ loggedOut }) => {
      const { status, text } = await ask(loggedOut, '/v1/messages', prompt('Hello?'))
      must(status === 503 && text.includes('claude auth login'), `${status} ${text}`)
      must((await fetch(`${loggedOut.url}/health`)).status === 503, 'it is healthy all the same')
    },
  ],
  [
    'leaves nothing running and no session behind, also when a client hangs up',
    async ({ local, home }) => {
      const hangUp = AbortSignal.timeout(700)
      const body = JSON.stringify({ model: MODEL, max_tokens: 500, stream: true, ...prompt('Slowly, please.') })
      await fetch(`${local.url}/v1/messages`, { method: 'POST', body, signal: hangUp })
        .then((response) => response.text())
        .catch(() => undefined)
      await until('no process of the command is left', () => processesOf(home).length === 0)
      must(!existsSync(join(home, '.claude', 'projects')), 'a session was kept')
    },
  ],
]

/** Processes of the command that were given this home. The gateways and whatever started them were given it too. */
const processesOf = (home: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOME=${home}`)
        return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--no-session-persistence')
      } catch {
        // It ended meanwhile, or is somebody else's.
        return false
      }
    })

const runChecks = async (pair: Pair, say: (line: string) => void): Promise<number> => {
  let failed = 0
  for (const [name, run] of CHECKS) {
    const fault = await run(pair).then(
      () => undefined,
      (error: unknown) => String(error),
    )
    say(`${NAME.padEnd(26)}${(fault === undefined ? 'ok' : 'FAILED').padEnd(8)}${name}`)
    if (fault !== undefined) say(`    ${fault.slice(0, 2_000)}`)
    failed += fault === undefined ? 0 : 1
  }
  return failed
}

/** Whether these words choose it: none do, or its name does. */
export const choosesClaudeCli = (words: readonly string[]): boolean =>
  words.length === 0 || words.some((word) => word.split(',').includes(NAME))

/** Runs every check, and says what became of it. */
export const runClaudeCli = async (say: (line: string) => void): Promise<{ passed: number; failed: number }> => {
  if (!existsSync(join(installedFolder(), PROGRAM))) {
    say(`${NAME}: Claude Code is not installed in ${installedFolder()}.`)
    return { passed: 0, failed: CHECKS.length }
  }
  const pair = await startPair()
  try {
    const failed = await runChecks(pair, say)
    return { passed: CHECKS.length - failed, failed }
  } finally {
    await Promise.all([pair.local.stop(), pair.loggedOut.stop(), pair.vendor.stop()])
    rmSync(pair.home, { recursive: true, force: true })
  }
}
