import { UPSTREAMS, type UpstreamName } from './served.ts'
import type { Format } from './upstream/formats.ts'
import type { Rounds } from './upstream/story.ts'

/** What a client is made to do: how many calls each answer makes, and whether a second prompt follows. */
export interface Scenario {
  readonly name: string
  readonly rounds: Rounds
  readonly later?: Rounds
}

const TEXT: Scenario = { name: 'text', rounds: [] }
const TOOL: Scenario = { name: 'tool', rounds: [1] }
const PARALLEL: Scenario = { name: 'parallel', rounds: [2] }
/** Reasoning between calls, all of it brought back each time. */
const ROUNDS: Scenario = { name: 'rounds', rounds: [1, 2, 1] }
/** The client ends, starts again, and goes on with the conversation it kept. */
const RESUMED: Scenario = { name: 'resumed', rounds: [1], later: [1] }
export const SCENARIOS: readonly Scenario[] = [TEXT, TOOL, PARALLEL, ROUNDS, RESUMED]

/** A client of the scripts' folder, speaking one format. */
export interface Client {
  readonly name: string
  /** File name of the script, without its ending. */
  readonly script: string
  /** Program of the client below the folder of installed clients. */
  readonly program: string
  readonly format: Format
  readonly env?: Readonly<Record<string, string>>
  /** Arguments that make it go on with its last conversation; without any, it is not asked to. */
  readonly resume?: string
  /** It keeps conversations without their reasoning state, on its own format too. */
  readonly forgets?: true
  /** A fault of its own that comes and goes: such a run is done again, once. */
  readonly falters?: RegExp
}

/** One run of one real client over one upstream. */
export interface Case {
  readonly client: Client
  readonly upstream: UpstreamName
  readonly scenario: Scenario
  /** Instead of the scenario's. */
  readonly prompt?: string
  readonly expect?: string
}

const program = (folder: string, name = folder): string => `cli/${folder}/node_modules/.bin/${name}`

const CLAUDE = {
  script: 'claude-code',
  program: program('claude-code', 'claude'),
  format: 'anthropic-messages',
  resume: '--continue',
} as const
const CODEX = {
  script: 'codex',
  program: program('codex'),
  format: 'openai-responses',
  resume: 'resume --last',
} as const
const OPENCODE = { script: 'opencode', program: program('opencode'), resume: '--continue' } as const
const GEMINI = {
  script: 'gemini-cli',
  program: program('gemini-cli', 'gemini'),
  format: 'gemini',
  resume: '--resume latest',
  forgets: true,
} as const
const CLINE = { script: 'cline', program: program('cline') } as const
const KILO = { script: 'kilocode', program: program('kilocode', 'kilo') } as const
const CONTINUE = { script: 'continue', program: program('continue', 'cn') } as const
/** Its terminal loses the output of a command that is over at once. */
const QWEN = { script: 'qwen-code', program: program('qwen-code', 'qwen'), falters: /Output: \(empty\)/ } as const

const claude: Client = { name: 'claude-code', ...CLAUDE, env: { AUTH: 'bearer' } }
const codex: Client = { name: 'codex', ...CODEX }
const geminiCli: Client = { name: 'gemini-cli', ...GEMINI }
const opencode = {
  chat: { name: 'opencode, chat', ...OPENCODE, format: 'openai-chat', env: { PROTO: 'compat' } },
  responses: { name: 'opencode, responses', ...OPENCODE, format: 'openai-responses', env: { PROTO: 'responses' } },
  messages: { name: 'opencode, messages', ...OPENCODE, format: 'anthropic-messages', env: { PROTO: 'anthropic' } },
  gemini: { name: 'opencode, gemini', ...OPENCODE, format: 'gemini', env: { PROTO: 'google' } },
} satisfies Record<string, Client>

type Row = readonly [client: Client, upstreams: readonly UpstreamName[], scenarios?: readonly Scenario[]]

/** Each client on the formats that are foreign to it. */
const FOREIGN: readonly Row[] = [
  [claude, ['chat', 'deepseek', 'responses', 'gemini']],
  [{ ...claude, name: 'claude-code, 4.6', env: { AUTH: 'key', MODEL: 'claude-sonnet-4-6' } }, ['responses'], [TOOL]],
  [codex, ['chat', 'deepseek', 'messages', 'budget', 'gemini']],
  [
    { ...codex, name: 'codex, gpt-6 shape', env: { MODEL: 'gpt-6.1-sol' } },
    ['chat', 'messages', 'gemini'],
    [TEXT, TOOL],
  ],
  [geminiCli, ['chat', 'deepseek', 'responses', 'messages', 'budget']],
  [opencode.chat, ['messages']],
  [opencode.messages, ['gemini'], [TOOL, ROUNDS]],
  [{ name: 'cline, chat', ...CLINE, format: 'openai-chat', env: { PROTO: 'openai-compatible' } }, ['gemini']],
  [{ name: 'kilo, messages', ...KILO, format: 'anthropic-messages', env: { PROTO: 'anthropic' } }, ['responses']],
  [{ name: 'continue, chat', ...CONTINUE, format: 'openai-chat', env: { PROTO: 'openai' } }, ['responses']],
  [{ name: 'qwen-code, gemini', ...QWEN, format: 'gemini', env: { PROTO: 'gemini' } }, ['messages']],
  [{ name: 'qwen-code, chat', ...QWEN, format: 'openai-chat', env: { PROTO: 'openai' } }, ['gemini'], [TOOL, ROUNDS]],
]

/** Each client on its own format, where the gateway passes through. */
const NATIVE: readonly Row[] = [
  [claude, ['messages'], [TEXT, TOOL, PARALLEL]],
  [{ ...claude, name: 'claude-code, x-api-key', env: { AUTH: 'key' } }, ['messages'], [TEXT]],
  [codex, ['responses'], [TEXT, TOOL, PARALLEL]],
  [{ ...codex, name: 'codex, gpt-6 shape', env: { MODEL: 'gpt-6.1-sol' } }, ['responses'], [TEXT, TOOL]],
  [{ ...codex, name: 'codex, built-in provider', script: 'codex-builtin' }, ['responses'], [TOOL]],
  [opencode.chat, ['chat'], [TOOL]],
  [opencode.responses, ['responses'], [TOOL]],
  [opencode.messages, ['messages'], [TOOL]],
  [opencode.gemini, ['gemini'], [TOOL]],
  [geminiCli, ['gemini'], [TEXT, TOOL, PARALLEL, RESUMED]],
]

/** Claude Code's `/context` counts tokens with some twenty-five requests at once. */
const COUNT: Scenario = { name: 'count', rounds: [] }
const CONTEXT: readonly Case[] = (['messages', 'gemini', 'responses'] as const).map((upstream) => ({
  client: claude,
  upstream,
  scenario: COUNT,
  prompt: '/context',
  expect: 'okens',
}))

const casesOf = ([client, upstreams, scenarios = SCENARIOS]: Row): Case[] =>
  upstreams.flatMap((upstream) =>
    scenarios
      .filter(({ later }) => later === undefined || client.resume !== undefined)
      .map((scenario) => ({ client, upstream, scenario })),
  )

/** Whether the upstream speaks the client's own format. */
export const isNative = ({ client, upstream }: Case): boolean => UPSTREAMS[upstream].format === client.format

/** The words by which cases are chosen. */
const wordsOf = (one: Case): readonly string[] => [
  one.scenario.name,
  one.upstream,
  `${one.client.script}>${one.upstream}`,
  isNative(one) ? 'native' : 'foreign',
]

/** Every case that each of `words` names: by part of a client's name, an upstream, a scenario; without words, all. */
export const chooseCases = (words: readonly string[]): Case[] =>
  [...[...FOREIGN, ...NATIVE].flatMap(casesOf), ...CONTEXT].filter((one) =>
    words.every((word) => word.split(',').some((w) => one.client.name.includes(w) || wordsOf(one).includes(w))),
  )
