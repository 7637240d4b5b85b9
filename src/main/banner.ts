/** What the first screen shows. Plain data: it is made by whoever started the gateway. */
export interface FirstScreen {
  readonly version: string
  /** As listened on, the real port included. */
  readonly host: string
  readonly port: number
  readonly auth: 'required' | 'none'
  /** Made at this start, and shown this once. */
  readonly adminKey?: string | undefined
  readonly apiKey?: string | undefined
  readonly providers: readonly { readonly id: string; readonly kind: string }[]
  /** Environment variables that enable a provider by themselves. */
  readonly keyVariables: readonly string[]
  /** A model that is served and a format to ask it in, for the command to copy; `undefined`: none is known by name. */
  readonly example: Example | undefined
  readonly file: string | null
  readonly databasePath: string
  /** Whether it goes to a terminal that shows bold and dim text. */
  readonly colour: boolean
}

export interface Example {
  readonly format: 'openai-chat' | 'anthropic-messages'
  readonly model: string
}

const DEMO = 'demo'
const PATHS = { 'openai-chat': '/v1/chat/completions', 'anthropic-messages': '/v1/messages' }
// Wide enough for the longest label.
const LABEL_COLUMNS = 12

/**
 * The first screen: where it listens, keys made just now, who answers, a command to copy. Its first line contains
 * `listening on http://HOST:PORT`, which others wait for.
 */
export const renderFirstScreen = (screen: FirstScreen): string => {
  const { bold, dim } = screen.colour ? ANSI : PLAIN
  const base = `http://${authority(reachable(screen.host), screen.port)}`
  const row = (label: string, value: string): string => `  ${dim(label.padEnd(LABEL_COLUMNS))}${value}`
  const lines = [
    `${bold('Tollgate')} ${screen.version} listening on http://${authority(screen.host, screen.port)}`,
    '',
    ...providerLines(screen).map((text, index) => row(index === 0 ? 'Providers' : '', text)),
    row('Settings', screen.file ?? 'defaults (no tollgate.yaml here)'),
    row('Data', screen.databasePath),
    row('Console', `${base}/`),
    row('Reference', `${base}/docs/api`),
    ...keyLines(screen).map(([label, value]) => row(label, bold(value))),
    ...(screen.adminKey || screen.apiKey ? [row('', dim('Shown this once: keep what you need.'))] : []),
    '',
    ...(screen.example ? tryLines(screen, base, screen.example) : NO_EXAMPLE),
    '',
  ]
  return `${lines.join('\n')}\n`
}

const ANSI = {
  bold: (text: string) => `\u001b[1m${text}\u001b[22m`,
  dim: (text: string) => `\u001b[2m${text}\u001b[22m`,
}
const PLAIN: typeof ANSI = { bold: (text) => text, dim: (text) => text }

const authority = (host: string, port: number): string =>
  `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`

/** "Every address" is nothing to connect to; this machine's own always works. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host)

const providerLines = ({ providers, keyVariables }: FirstScreen): string[] => {
  const names = providers.map(({ id, kind }) => (id === kind ? id : `${id} (${kind})`)).join(', ')
  if (!providers.every(({ kind }) => kind === DEMO)) return [names]
  return [
    `${names || 'none'}: built in, answers by itself without asking any model`,
    `For a real one set ${listed(keyVariables)}, or name it in tollgate.yaml, and start again.`,
  ]
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

const keyLines = ({ adminKey, apiKey, auth }: FirstScreen): [string, string][] => [
  ...(adminKey ? [['Admin key', adminKey] as [string, string]] : []),
  ...(apiKey && auth === 'required' ? [['API key', apiKey] as [string, string]] : []),
]

const tryLines = (screen: FirstScreen, base: string, example: Example): string[] => [
  '  Try it:',
  '',
  ...curlLines(screen, base, example, false),
  '',
  '  The same as a stream:',
  '',
  ...curlLines(screen, base, example, true),
]

/** A server of one's own serves models that only its owner can name. */
const NO_EXAMPLE = [
  '  No model is known by name that could be asked here. In tollgate.yaml, name the models of your provider under its',
  '  `models` (or those of a channel of group `default`), and under `catalogue` a model_catalog.json that has a price for',
  '  each; then start again. docs/models.md shows how.',
]

const curlLines = (screen: FirstScreen, base: string, { format, model }: Example, stream: boolean): string[] => {
  const limit = format === 'anthropic-messages' ? { max_tokens: 1_000 } : {}
  const body = { model, ...limit, ...(stream ? { stream } : {}), messages: [{ role: 'user', content: 'Hello!' }] }
  const key = screen.apiKey ?? '$TOLLGATE_API_KEY'
  const parts = [
    `curl ${stream ? '-N ' : ''}${base}${PATHS[format]}`,
    ...(screen.auth === 'required' ? [`-H "authorization: Bearer ${key}"`] : []),
    '-H "content-type: application/json"',
    `-d '${JSON.stringify(body)}'`,
  ]
  return parts.map((part, index) => `    ${index === 0 ? '' : '  '}${part}${index === parts.length - 1 ? '' : ' \\'}`)
}
