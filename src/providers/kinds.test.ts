import { expect, test } from 'bun:test'
import { builtInCatalogue } from './built-in.ts'
import { familyOf } from './profiles.ts'
import { PROVIDER_KINDS } from './kinds.ts'
import type { Ask } from './types.ts'

const rows = Object.entries(PROVIDER_KINDS)

/** Their prices are the operator's to say: the built-in catalogue has none. */
const PRICED_BY_OPERATOR = [
  'bedrock',
  'doubao',
  'jina',
  'lmstudio',
  'minimax',
  'ollama',
  'openrouter',
  'qwen',
  'vllm',
  'zai',
]

test.each(rows)('%s is a complete row under its own name', (name, kind) => {
  expect(kind.kind).toBe(name)
  expect(kind.formats.length).toBeGreaterThan(0)
  expect(kind.baseUrl === undefined || URL.canParse(kind.baseUrl)).toBe(true)
  expect(kind.baseUrl?.endsWith('/') ?? false).toBe(false)
  for (const format of Object.keys({ ...kind.authByFormat, ...kind.rootByFormat }))
    expect(kind.formats).toContain(format as never)
  for (const root of Object.values(kind.rootByFormat ?? {})) expect(root).toMatch(/^(?:\/.*[^/])?$/)
  for (const header of [kind.auth.header, ...Object.keys(kind.headers)]) expect(header).toBe(header.toLowerCase())
})

test('every vendor of the built-in catalogue has a kind, and a kind serves these or those an operator prices', () => {
  const served = new Set(rows.flatMap(([, kind]) => kind.vendors))
  const made = new Set(builtInCatalogue().models.map((model) => model.vendor))
  expect([...served].sort()).toEqual([...made, ...PRICED_BY_OPERATOR].sort())
})

test.each([
  ['deepseek', 'https://api.deepseek.com/anthropic'],
  ['moonshot', 'https://api.moonshot.ai/anthropic'],
  ['zai', 'https://api.z.ai/api/anthropic'],
  ['qwen', 'https://dashscope-intl.aliyuncs.com/apps/anthropic'],
  ['minimax', 'https://api.minimax.io/anthropic'],
  ['openrouter', 'https://openrouter.ai/api'],
  ['fireworks', 'https://api.fireworks.ai/inference'],
  ['ollama', 'http://127.0.0.1:11434'],
])('%s speaks Anthropic’s format at %s', (name, address) => {
  const kind = PROVIDER_KINDS[name]
  expect(new URL(kind?.baseUrl ?? '').origin + kind?.rootByFormat?.['anthropic-messages']).toBe(address)
})

test.each([
  ['anthropic', 'anthropic-messages', 'anthropic'],
  ['openai', 'openai-responses', 'openai'],
  ['openai', 'openai-chat', 'openai'],
  ['azure', 'openai-responses', 'openai'],
  ['gemini', 'gemini', 'google'],
  ['gemini', 'openai-chat', 'google'],
  ['openai-compatible', 'openai-chat', 'openai-compatible'],
  ['deepseek', 'anthropic-messages', 'deepseek'],
  ['minimax', 'anthropic-messages', 'minimax'],
  ['xai', 'openai-responses', 'xai'],
  ['bedrock', 'anthropic-messages', 'anthropic'],
  ['vertex', 'anthropic-messages', 'anthropic'],
  ['vertex', 'gemini', 'google'],
] as const)('reasoning of %s in %s is readable by %s', (name, format, family) => {
  const kind = rows.find(([known]) => known === name)?.[1]
  expect(kind && familyOf(kind, format)).toBe(family)
})

const ask = (more: Partial<Ask>): Ask => ({
  format: 'anthropic-messages',
  action: 'generate',
  model: 'm',
  stream: false,
  ...more,
})

test.each([
  [
    'azure-deployments',
    'a deployment stands in the path',
    ask({ format: 'openai-chat', model: 'my gpt/4' }),
    { path: '/openai/deployments/my%20gpt%2F4/chat/completions', query: { 'api-version': '2024-10-21' } },
  ],
  [
    'azure-deployments',
    'embeddings are asked of a deployment too',
    ask({ format: 'openai-embeddings', model: 'e' }),
    { path: '/openai/deployments/e/embeddings', query: { 'api-version': '2024-10-21' } },
  ],
  [
    'bedrock',
    'the model stands in the path, encoded',
    ask({ model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' }),
    {
      path: '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke',
      withoutQuery: true,
      set: { anthropic_version: 'bedrock-2023-05-31' },
      remove: ['model', 'stream'],
    },
  ],
  [
    'bedrock',
    'an ARN stays one segment',
    ask({ model: 'arn:aws:bedrock:us-east-1:1:inference-profile/p', stream: true }),
    {
      path: '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fp/invoke-with-response-stream',
      withoutQuery: true,
      set: { anthropic_version: 'bedrock-2023-05-31' },
      remove: ['model', 'stream'],
    },
  ],
  [
    'vertex',
    'Claude streams by another method',
    ask({ model: 'claude-3-7-sonnet@20250219', stream: true }),
    {
      path: '/publishers/anthropic/models/claude-3-7-sonnet@20250219:streamRawPredict',
      withoutQuery: true,
      set: { anthropic_version: 'vertex-2023-10-16' },
      remove: ['model'],
    },
  ],
  [
    'vertex',
    'counting has a path of its own',
    ask({ action: 'count-tokens' }),
    {
      path: '/publishers/anthropic/models/count-tokens:rawPredict',
      withoutQuery: true,
      set: { anthropic_version: 'vertex-2023-10-16' },
    },
  ],
  ['bedrock', 'nothing counts tokens of a Messages body', ask({ action: 'count-tokens' }), undefined],
  ['vertex', 'lists are not embedded', ask({ format: 'gemini', action: 'embed-batch' }), undefined],
  [
    'vertex',
    'Gemini',
    ask({ format: 'gemini', model: 'gemini-2.5-flash' }),
    { path: '/publishers/google/models/gemini-2.5-flash:generateContent' },
  ],
  [
    'vertex',
    'Gemini, streaming',
    ask({ format: 'gemini', model: 'gemini-2.5-flash', stream: true }),
    { path: '/publishers/google/models/gemini-2.5-flash:streamGenerateContent' },
  ],
] as const)('%s: %s', (name, _, asked, expected) => {
  expect(PROVIDER_KINDS[name]?.requestOf?.(asked)).toEqual(expected as never)
})
