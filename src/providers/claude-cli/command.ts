import type { CliAsk, CliTurn } from './ask.ts'
import type { Block } from './blocks.ts'

/** What an operator says of the command. */
export interface CliSettings {
  readonly command: string
  /** How many requests are answered at once. */
  readonly processesMax: number
  /** How many more may wait. */
  readonly queueMax: number
  /** Tools of the command's own that it may use; empty: none. */
  readonly tools: readonly string[]
  /** Names of variables that it is given beside those it always is. */
  readonly environment: readonly string[]
  readonly lineBytes: number
  readonly stopTimeoutMs: number
  readonly checkIntervalMs: number
}

/** What it needs to run, to find its login, and to reach its vendor. Keys of providers and of Tollgate are not in it. */
const PASSED = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL', 'LC_CTYPE'],
  ...['CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_OAUTH_TOKEN'],
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'],
]

type Environment = Readonly<Record<string, string | undefined>>

const FIXED: Readonly<Record<string, string>> = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  // Words such as `@/etc/passwd` would be replaced by the file.
  CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
  // The operator's own instructions, plug-ins and hooks are for the operator.
  CLAUDE_CODE_SAFE_MODE: '1',
  // To try again, or another channel, is decided here.
  CLAUDE_CODE_MAX_RETRIES: '0',
}

/** The whole environment of the command where nothing is asked of it yet. */
export const baseEnvironment = (environment: Environment, extra: readonly string[]): Record<string, string> => {
  const passed = [...PASSED, ...extra].flatMap((name): readonly [string, string][] => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(passed), ...FIXED }
}

/** Beside that, what it can be asked in no other way. */
export const askEnvironment = ({ outputTokensMax, thinkingTokensMax }: CliAsk): Record<string, string> => ({
  ...(outputTokensMax !== undefined && { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(outputTokensMax) }),
  ...(thinkingTokensMax !== undefined && { MAX_THINKING_TOKENS: String(thinkingTokensMax) }),
})

/**
 * The arguments: one print run that reads and writes stream-json, keeps no session, and knows nothing of the operator's
 * settings, servers and commands. Instructions come in a file, for arguments are for every user of the machine to see.
 */
export const argumentsOf = (ask: CliAsk, { tools }: Pick<CliSettings, 'tools'>, systemFile: string): string[] => [
  ...['-p', '--verbose', '--input-format', 'stream-json', '--output-format', 'stream-json'],
  '--include-partial-messages',
  ...['--model', ask.model],
  ...(ask.effort === undefined ? [] : ['--effort', ask.effort]),
  ...['--system-prompt-file', systemFile],
  ...['--tools', tools.join(',')],
  ...(tools.length > 0 ? ['--allowedTools', tools.join(',')] : []),
  ...['--setting-sources', '', '--settings', JSON.stringify(ownSettings(tools))],
  ...['--strict-mcp-config', '--disable-slash-commands', '--no-session-persistence'],
]

const ownSettings = (tools: readonly string[]) => ({
  disableAllHooks: true,
  ...(tools.length === 0 && { permissions: { deny: ['Read(//**)'] } }),
})

/** A line of input for a turn; of an earlier one of the user's, it is told not to answer it. */
export const inputLine = ({ role, content }: CliTurn, asks: boolean): string => {
  const message = { role, content }
  const session = { session_id: '', parent_tool_use_id: null }
  const line =
    role === 'assistant'
      ? { type: 'assistant', message, ...session }
      : // Not typed: taken as written, without commands, files and words of power in it.
        { type: 'user', message, ...session, text_not_typed: true, ...(!asks && { shouldQuery: false }) }
  return `${JSON.stringify(line)}\n`
}

export const lastTurn = (content: readonly Block[]): CliTurn => ({ role: 'user', content })
