import { config, extension, home, moved, VS_CODE } from './places.ts'
import type { Change, Client } from './types.ts'

/** Keys and addresses that other set-ups of the same client may have left in the environment. */
const OPENAI = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_API_BASE']
const GEMINI = ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GEMINI_BASE_URL', 'GOOGLE_GENAI_USE_VERTEXAI']

const CLAUDE = moved('CLAUDE_CONFIG_DIR', '~/.claude', 'settings.json')
const claudeEnv = (name: string, value: string): Change => ({
  place: CLAUDE,
  syntax: 'json',
  path: ['env', name],
  value,
})
/** Names that it asks for by itself change with its version, so each is given one that is served. */
const CLAUDE_MODELS = [
  ['MODEL', '"{model}"'],
  ['DEFAULT_OPUS_MODEL', '"{model:claude-opus}"'],
  ['DEFAULT_SONNET_MODEL', '"{model:claude-sonnet}"'],
  ['DEFAULT_HAIKU_MODEL', '"{model:claude-haiku}"'],
] as const

const claudeCode: Client = {
  id: 'claude-code',
  name: 'Claude Code',
  format: 'anthropic-messages',
  auth: 'authorization',
  program: 'claude',
  signs: [{ place: moved('CLAUDE_CONFIG_DIR', '~/.claude', '.') }, extension('anthropic.claude-code')],
  prefers: ['claude-sonnet', 'claude-opus', 'claude-'],
  changes: [
    claudeEnv('ANTHROPIC_BASE_URL', '"{base}"'),
    claudeEnv('ANTHROPIC_AUTH_TOKEN', '"{key}"'),
    ...CLAUDE_MODELS.map(([name, model]) => claudeEnv(`ANTHROPIC_${name}`, model)),
    ...VS_CODE.map(
      (sign): Change => ({
        ...sign,
        syntax: 'json',
        path: ['claudeCode.disableLoginPrompt'],
        value: 'true',
        when: 'extension anthropic.claude-code',
      }),
    ),
  ],
  conflicts: [
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_BASE_URL',
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
  ],
  steps: ['Start claude again, in the terminal or in VS Code. /status shows the base URL.'],
}

const CODEX = moved('CODEX_HOME', '~/.codex', 'config.toml')
const codexProvider = (name: string, value: string): Change => ({
  place: CODEX,
  syntax: 'toml',
  path: ['model_providers', 'tollgate', name],
  value,
})

const codex: Client = {
  id: 'codex',
  name: 'Codex',
  format: 'openai-responses',
  auth: 'authorization',
  program: 'codex',
  signs: [{ place: moved('CODEX_HOME', '~/.codex', '.') }],
  prefers: ['gpt-6', 'gpt-5', 'gpt-'],
  changes: [
    { place: CODEX, syntax: 'toml', path: ['model'], value: '"{model}"' },
    { place: CODEX, syntax: 'toml', path: ['model_provider'], value: '"tollgate"' },
    codexProvider('name', '"Tollgate"'),
    codexProvider('base_url', '"{base}/v1"'),
    codexProvider('env_key', '"TOLLGATE_API_KEY"'),
    codexProvider('wire_api', '"responses"'),
    { place: moved('CODEX_HOME', '~/.codex', '.env'), syntax: 'dotenv', path: ['TOLLGATE_API_KEY'], value: '{key}' },
  ],
  conflicts: ['TOLLGATE_API_KEY'],
  steps: ['Start codex again; the extension of VS Code and the app read the same files.'],
}

const GEMINI_SETTINGS = home('.gemini/settings.json')
const geminiCli: Client = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  format: 'gemini',
  auth: 'x-goog-api-key',
  program: 'gemini',
  signs: [{ place: home('.gemini') }],
  prefers: ['gemini-3.1-pro', 'gemini-2.5-pro', 'gemini-'],
  changes: [
    { place: home('.gemini/.env'), syntax: 'dotenv', path: ['GOOGLE_GEMINI_BASE_URL'], value: '{base}' },
    { place: home('.gemini/.env'), syntax: 'dotenv', path: ['GEMINI_API_KEY'], value: '{key}' },
    { place: GEMINI_SETTINGS, syntax: 'json', path: ['security', 'auth', 'selectedType'], value: '"gemini-api-key"' },
    { place: GEMINI_SETTINGS, syntax: 'json', path: ['model', 'name'], value: '"{model}"' },
  ],
  conflicts: GEMINI,
  // It renames gemini-3-pro-preview by itself, so that is never the one to set.
  steps: ['Start gemini again. A .env in the folder it is started from counts instead of the one in ~/.gemini.'],
}

const QWEN_SETTINGS = home('.qwen/settings.json')
const qwenEnv = (name: string, value: string): Change => ({
  place: home('.qwen/.env'),
  syntax: 'dotenv',
  path: [name],
  value,
})
const qwenCode: Client = {
  id: 'qwen-code',
  name: 'Qwen Code',
  format: 'openai-chat',
  auth: 'authorization',
  program: 'qwen',
  signs: [{ place: home('.qwen') }],
  prefers: ['qwen3-coder', 'qwen', 'gpt-', 'claude-'],
  changes: [
    qwenEnv('OPENAI_BASE_URL', '{base}/v1'),
    qwenEnv('OPENAI_API_KEY', '{key}'),
    qwenEnv('OPENAI_MODEL', '{model}'),
    { place: QWEN_SETTINGS, syntax: 'json', path: ['security', 'auth', 'selectedType'], value: '"openai"' },
    { place: QWEN_SETTINGS, syntax: 'json', path: ['model', 'name'], value: '"{model}"' },
  ],
  conflicts: [...OPENAI, 'OPENAI_MODEL'],
  steps: ['Start qwen again. A .env in the folder it is started from counts instead of the one in ~/.qwen.'],
}

/** opencode, and what was made from it: a provider of its own, its key in a file beside the settings. */
const openCodeLike = (id: string, name: string, folder: string, file: string, more: Partial<Client>): Client => {
  const settings = config(`${folder}/${file}.jsonc`, `${folder}/${file}.json`)
  const set = (path: readonly string[], value: string): Change => ({ place: settings, syntax: 'json', path, value })
  const provider = (...path: readonly string[]): readonly string[] => ['provider', 'tollgate', ...path]
  return {
    id,
    name,
    format: 'openai-chat',
    auth: 'authorization',
    signs: [{ place: config(folder) }],
    prefers: ['claude-sonnet', 'claude-', 'gpt-', 'gemini-'],
    changes: [
      { place: config(`${folder}/tollgate.key`), syntax: 'whole', path: [], value: '{key}' },
      set(provider('npm'), '"@ai-sdk/openai-compatible"'),
      set(provider('name'), '"Tollgate"'),
      set(provider('options', 'baseURL'), '"{base}/v1"'),
      set(provider('options', 'apiKey'), '"{file:./tollgate.key}"'),
      set(provider('models', '{model}', 'name'), '"{model}"'),
      set(['model'], '"tollgate/{model}"'),
      set(['small_model'], '"tollgate/{model}"'),
    ],
    conflicts: [],
    steps: [],
    ...more,
  }
}

const openCode = openCodeLike('opencode', 'opencode', 'opencode', 'opencode', {
  program: 'opencode',
  steps: ['Start opencode again. More models: name them beside {model} in opencode.jsonc.'],
})

const kiloCode = openCodeLike('kilo-code', 'Kilo Code', 'kilo', 'kilo', {
  program: 'kilo',
  signs: [{ place: config('kilo') }, extension('kilocode.kilo-code')],
  steps: ['Start kilo again, or reload the window of VS Code. More models: name them beside {model} in kilo.jsonc.'],
})

const CLINE = moved('CLINE_DATA_DIR', '~/.cline/data', 'settings/providers.json')
const CLINE_PROVIDER = ['providers', 'openai-compatible']
const clineSet = (path: readonly string[], value: string, ifAbsent?: true): Change => ({
  place: CLINE,
  syntax: 'json',
  path,
  value,
  ...(ifAbsent && { ifAbsent }),
})
const cline: Client = {
  id: 'cline',
  name: 'Cline',
  format: 'openai-chat',
  auth: 'authorization',
  program: 'cline',
  signs: [{ place: home('.cline') }, extension('saoudrizwan.claude-dev')],
  prefers: ['claude-sonnet', 'claude-', 'gpt-', 'gemini-'],
  changes: [
    clineSet(['version'], '1', true),
    clineSet(['lastUsedProvider'], '"openai-compatible"'),
    clineSet(['modes'], '{}', true),
    clineSet([...CLINE_PROVIDER, 'settings', 'provider'], '"openai-compatible"'),
    clineSet([...CLINE_PROVIDER, 'settings', 'apiKey'], '"{key}"'),
    clineSet([...CLINE_PROVIDER, 'settings', 'model'], '"{model}"'),
    clineSet([...CLINE_PROVIDER, 'settings', 'baseUrl'], '"{base}/v1"'),
    clineSet([...CLINE_PROVIDER, 'updatedAt'], '"2026-01-01T00:00:00.000Z"', true),
    clineSet([...CLINE_PROVIDER, 'tokenSource'], '"manual"'),
  ],
  conflicts: [],
  steps: [
    'The command cline is set up. The extension of VS Code keeps keys in a store that only VS Code can write:',
    'in its settings choose OpenAI Compatible, base URL {base}/v1, your key, and model {model}.',
  ],
}

const AIDER = home('.aider.conf.yml')
const aiderSet = (name: string, value: string): Change => ({ place: AIDER, syntax: 'yaml', path: [name], value })
const aider: Client = {
  id: 'aider',
  name: 'Aider',
  format: 'openai-chat',
  auth: 'authorization',
  program: 'aider',
  signs: [{ place: AIDER }, { place: home('.aider') }],
  prefers: ['claude-sonnet', 'claude-', 'gpt-', 'gemini-'],
  changes: [
    aiderSet('openai-api-base', '"{base}/v1"'),
    aiderSet('openai-api-key', '"{key}"'),
    aiderSet('model', '"openai/{model}"'),
    aiderSet('weak-model', '"openai/{model}"'),
  ],
  conflicts: [...OPENAI, 'AIDER_MODEL', 'AIDER_OPENAI_API_KEY', 'AIDER_OPENAI_API_BASE'],
  steps: ['Start aider again. An .aider.conf.yml of a project counts before the one in the home folder.'],
}

/** Clients of the terminal, extensions of VS Code that read the same files among them. */
export const TERMINALS: readonly Client[] = [claudeCode, codex, geminiCli, qwenCode, openCode, kiloCode, cline, aider]
