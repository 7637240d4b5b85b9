import { applicationData, config, extension, home, machineData, VS_CODE } from './places.ts'
import type { Change, Client, Sign } from './types.ts'

/** The profile that Claude Desktop is given; any id that nobody else has. */
const PROFILE = '7011a6a7-e000-4000-8000-746f6c6c6761'
const PROFILES = 'Claude-3p/configLibrary'

const onEach = (signs: readonly Required<Sign>[], change: Pick<Change, 'path' | 'value'>): Change[] =>
  signs.map((sign) => ({ ...sign, syntax: 'json', ...change }))

const inProfile = (name: string, value: string): Change[] =>
  onEach(machineData(`${PROFILES}/${PROFILE}.json`), { path: [name], value })

const claudeDesktop: Client = {
  id: 'claude-desktop',
  name: 'Claude Desktop',
  format: 'anthropic-messages',
  auth: 'authorization',
  signs: [...applicationData('Claude'), ...machineData('Claude-3p')],
  prefers: ['claude-sonnet', 'claude-opus', 'claude-'],
  changes: [
    ...inProfile('inferenceProvider', '"gateway"'),
    ...inProfile('inferenceGatewayBaseUrl', '"{base}"'),
    ...inProfile('inferenceGatewayApiKey', '"{key}"'),
    ...inProfile('inferenceGatewayAuthScheme', '"bearer"'),
    ...onEach(machineData(`${PROFILES}/_meta.json`), {
      path: ['entries', `[id=${PROFILE}]`],
      value: `{"id": "${PROFILE}", "name": "Tollgate"}`,
    }),
    ...onEach(machineData(`${PROFILES}/_meta.json`), { path: ['appliedId'], value: `"${PROFILE}"` }),
    ...onEach(machineData('Claude-3p/claude_desktop_config.json'), { path: ['deploymentMode'], value: '"3p"' }),
    ...onEach(applicationData('Claude/claude_desktop_config.json'), { path: ['deploymentMode'], value: '"3p"' }),
  ],
  conflicts: [],
  steps: [
    'Quit Claude Desktop and start it again. Under Help, Troubleshooting, Enable Developer Mode, then',
    'Developer, Configure Third-Party Inference, it shows the gateway {base}.',
  ],
}

const ROO_FILE = '.tollgate/roo-code.json'
const rooProfile = (name: string, value: string): Change => ({
  place: home(ROO_FILE),
  syntax: 'json',
  path: ['providerProfiles', 'apiConfigs', 'tollgate', name],
  value,
})
const rooCode: Client = {
  id: 'roo-code',
  name: 'Roo Code',
  format: 'openai-chat',
  auth: 'authorization',
  signs: [extension('rooveterinaryinc.roo-cline')],
  prefers: ['claude-sonnet', 'claude-', 'gpt-', 'gemini-'],
  changes: [
    { place: home(ROO_FILE), syntax: 'json', path: ['providerProfiles', 'currentApiConfigName'], value: '"tollgate"' },
    rooProfile('id', '"tollgate"'),
    rooProfile('apiProvider', '"openai"'),
    rooProfile('openAiBaseUrl', '"{base}/v1"'),
    rooProfile('openAiApiKey', '"{key}"'),
    rooProfile('openAiModelId', '"{model}"'),
    { place: home(ROO_FILE), syntax: 'json', path: ['globalSettings'], value: '{}' },
    ...onEach(VS_CODE, { path: ['roo-cline.autoImportSettingsPath'], value: `"~/${ROO_FILE}"` }),
  ],
  conflicts: [],
  steps: ['Reload the window of VS Code: Roo Code reads the profile tollgate at its start and says so.'],
}

const CONTINUE = home('.continue/config.yaml')
const continueSet = (name: string, value: string): Change => ({
  place: CONTINUE,
  syntax: 'yaml',
  path: [name],
  value,
  ifAbsent: true,
})
const CONTINUE_MODEL = [
  '- name: Tollgate',
  '  provider: openai',
  '  model: "{model}"',
  '  apiBase: "{base}/v1/"',
  '  apiKey: $\u007b{ secrets.TOLLGATE_API_KEY }}',
  '  roles: [chat, edit, apply]',
  '  capabilities: [tool_use]',
].join('\n')
const continueDev: Client = {
  id: 'continue',
  name: 'Continue',
  format: 'openai-chat',
  auth: 'authorization',
  program: 'cn',
  signs: [{ place: home('.continue') }, extension('continue.continue')],
  prefers: ['claude-sonnet', 'claude-', 'gpt-', 'gemini-'],
  changes: [
    { place: home('.continue/.env'), syntax: 'dotenv', path: ['TOLLGATE_API_KEY'], value: '{key}' },
    continueSet('name', 'Tollgate'),
    continueSet('version', '1.0.0'),
    continueSet('schema', 'v1'),
    { place: CONTINUE, syntax: 'block', path: ['models'], value: CONTINUE_MODEL },
  ],
  conflicts: [],
  steps: ['Reload the window of VS Code, or start cn again, and choose the model Tollgate.'],
}

const ZED = [
  { systems: ['linux', 'macos'], place: config('zed/settings.json') },
  { systems: ['windows'], place: applicationData('Zed/settings.json')[2]?.place ?? home('') },
] as const
const ZED_KEY = 'zed/tollgate.key'
const EXPORT = `TOLLGATE_API_KEY=$(cat "\${XDG_CONFIG_HOME:-$HOME/.config}/${ZED_KEY}") && export TOLLGATE_API_KEY`
const zedProfile = (shell: string, ...names: readonly [string, ...string[]]): Change => ({
  systems: ['linux', 'macos'],
  place: home(...names),
  syntax: 'block',
  path: [],
  value: EXPORT,
  when: `shell ${shell}`,
})
const zed: Client = {
  id: 'zed',
  name: 'Zed',
  format: 'openai-chat',
  auth: 'authorization',
  program: 'zed',
  signs: ZED.map(({ systems, place }) => ({ systems, place: { ...place, names: ['zed'] } })),
  prefers: ['claude-sonnet', 'claude-', 'gpt-', 'gemini-'],
  changes: [
    { systems: ['linux', 'macos'], place: config(ZED_KEY), syntax: 'whole', path: [], value: '{key}' },
    ...ZED.flatMap((sign) => {
      const provider = ['language_models', 'openai_compatible', 'Tollgate']
      const models = '[{"name": "{model}", "display_name": "{model}", "max_tokens": 200000}]'
      return [
        ...onEach([sign], { path: [...provider, 'api_url'], value: '"{base}/v1"' }),
        ...onEach([sign], { path: [...provider, 'available_models'], value: models }),
        ...onEach([sign], { path: ['agent', 'default_model', 'provider'], value: '"Tollgate"' }),
        ...onEach([sign], { path: ['agent', 'default_model', 'model'], value: '"{model}"' }),
      ]
    }),
    zedProfile('bash', '.bash_profile', '.bash_login', '.profile'),
    zedProfile('zsh', '.zprofile'),
  ],
  conflicts: ['TOLLGATE_API_KEY'],
  steps: [
    'Zed takes the key from TOLLGATE_API_KEY of your login shell, or from its own store: run "agent: open settings",',
    'choose Tollgate under LLM Providers and paste the key there. On Windows, and with a shell that is neither bash nor',
    'zsh, that is how to give it. Then start Zed again.',
  ],
}

/** Programs with windows of their own, and extensions that are set up through files. */
export const EDITORS: readonly Client[] = [claudeDesktop, rooCode, continueDev, zed]
