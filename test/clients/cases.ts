/** One run of one real client: a script of the clients folder, told what to ask for and how. */
export interface Case {
  readonly client: string
  /** File name of the script, without its ending. */
  readonly script: string
  readonly scenario: string
  readonly env: Readonly<Record<string, string>>
  /** The wire format it is to speak, as receipts name it. */
  readonly format: string
  /** Program of the client below the folder of installed clients. */
  readonly program: string
}

interface Client {
  readonly name: string
  readonly script: string
  readonly program: string
  readonly format: string
  readonly env?: Readonly<Record<string, string>>
  readonly scenarios?: readonly string[]
}

const SCENARIOS = ['text', 'tool', 'tool2']

const program = (folder: string, name: string): string => `cli/${folder}/node_modules/.bin/${name}`
const CLAUDE = { script: 'claude-code', program: program('claude-code', 'claude'), format: 'anthropic-messages' }
const CODEX = { script: 'codex', program: program('codex', 'codex'), format: 'openai-responses' }
const OPENCODE = { script: 'opencode', program: program('opencode', 'opencode') }
const GEMINI = { script: 'gemini-cli', program: program('gemini-cli', 'gemini'), format: 'gemini' }

const CLIENTS: readonly Client[] = [
  { name: 'claude-code, bearer', ...CLAUDE, env: { AUTH: 'bearer' } },
  { name: 'claude-code, x-api-key', ...CLAUDE, env: { AUTH: 'key' }, scenarios: ['text'] },
  { name: 'claude-code, claude-sonnet-4-6', ...CLAUDE, env: { MODEL: 'claude-sonnet-4-6' }, scenarios: ['tool'] },
  { name: 'codex', ...CODEX },
  { name: 'codex, gpt-6 shape', ...CODEX, env: { MODEL: 'gpt-6.1-sol' } },
  { name: 'codex, built-in provider', ...CODEX, script: 'codex-builtin' },
  { name: 'opencode, chat', ...OPENCODE, format: 'openai-chat', env: { PROTO: 'compat' } },
  { name: 'opencode, responses', ...OPENCODE, format: 'openai-responses', env: { PROTO: 'responses' } },
  { name: 'opencode, anthropic', ...OPENCODE, format: 'anthropic-messages', env: { PROTO: 'anthropic' } },
  { name: 'opencode, gemini', ...OPENCODE, format: 'gemini', env: { PROTO: 'google' } },
  { name: 'gemini-cli', ...GEMINI },
]

/** Claude Code's `/context` counts tokens with some twenty-five requests at once. */
const CONTEXT: Case = {
  client: 'claude-code, /context',
  scenario: 'count',
  ...CLAUDE,
  env: { PROMPT: '/context', EXPECT: 'okens' },
}

const casesOf = ({ scenarios = SCENARIOS, name, env = {}, ...rest }: Client): Case[] =>
  scenarios.map((scenario) => ({ client: name, scenario, ...rest, env: { ...env, SCENARIO: scenario } }))

/** Every case whose client or scenario is named by one of `words`; without words, all. */
export const chooseCases = (words: readonly string[]): Case[] =>
  [...CLIENTS.flatMap(casesOf), CONTEXT].filter(
    ({ client, scenario }) => words.length === 0 || words.some((word) => client.includes(word) || scenario === word),
  )
