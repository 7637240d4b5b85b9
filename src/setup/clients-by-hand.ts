import { applicationData, home } from './places.ts'
import type { Client } from './types.ts'

const byHand = (id: string, name: string, more: Pick<Client, 'steps'> & Partial<Client>): Client => ({
  id,
  name,
  format: 'openai-chat',
  auth: 'authorization',
  signs: [],
  prefers: ['claude-sonnet', 'claude-', 'gpt-', 'gemini-'],
  changes: [],
  conflicts: [],
  ...more,
})

/** Clients that keep their settings where no file can be changed from outside, or on a server. */
export const BY_HAND: readonly Client[] = [
  byHand('cursor', 'Cursor', {
    signs: [{ place: home('.cursor') }, ...applicationData('Cursor')],
    program: 'cursor',
    // The names that it knows go to their vendors' own places in it.
    prefers: ['tg-', 'tollgate-'],
    remote: true,
    steps: [
      'Cursor sends names it knows, such as claude-sonnet, past the address below. So give models an alias that it does',
      'not know. The operator of the gateway adds, for example, tg-sonnet: in the configuration under aliases, or with',
      'POST /api/admin/aliases and {"id": "tg-sonnet", "model": "the model"}.',
      'Then, in Cursor, under Settings, Models, API Keys:',
      '1. OpenAI API Key: your Tollgate key. Turn it on.',
      '2. Override OpenAI Base URL: {base}/v1. Turn it on.',
      '3. Under Models, Add Model: the alias, {model}.',
      'Requests come from the servers of Cursor, so the address has to be reachable from the internet, by https.',
    ],
  }),
  byHand('cherry-studio', 'Cherry Studio', {
    signs: applicationData('CherryStudio'),
    steps: [
      'Settings, Model Provider, Add: provider name Tollgate, provider type OpenAI.',
      'API Key: your Tollgate key. API Host: {base}',
      'Manage: take the models from the list, or add {model}. Check sends a request.',
    ],
  }),
  byHand('lobechat', 'LobeChat', {
    steps: [
      'In the app: Settings, AI Service Provider, OpenAI: API Key your Tollgate key, API Proxy URL {base}/v1, client',
      'request mode off: the gateway answers no browser at the page of another site. Fetch the models, or add {model}.',
      'On a server of your own, in its environment: OPENAI_API_KEY, your Tollgate key; OPENAI_PROXY_URL={base}/v1;',
      'OPENAI_MODEL_LIST=-all,+{model}',
    ],
  }),
  byHand('librechat', 'LibreChat', {
    steps: [
      'In its .env: TOLLGATE_API_KEY, your Tollgate key. In librechat.yaml, under endpoints:',
      '  custom:',
      '    - name: "Tollgate"',
      '      apiKey: "$\u007bTOLLGATE_API_KEY}"',
      '      baseURL: "{base}/v1"',
      '      models: { default: ["{model}"], fetch: true }',
      '      titleConvo: true',
      '      titleModel: "{model}"',
      'Then start LibreChat again.',
    ],
  }),
]
