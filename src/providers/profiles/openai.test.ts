import { describe, expect, test } from 'bun:test'
import { CHAT, type FactRow, profilesOf, RESPONSES } from './test-parts.ts'

describe('OpenAI by generation', () => {
  const fixed = {
    temperature: 'fixed',
    topP: 'fixed',
    stopMax: 0,
    systemRole: 'developer',
    outputLimitField: 'max_completion_tokens',
  } as const
  const rows: readonly FactRow[] = [
    [
      'openai',
      CHAT,
      'gpt-3.5-turbo gpt-4 gpt-4o gpt-4.1-mini gpt-4.5-preview chatgpt-4o-latest',
      {
        temperature: 'any',
        topP: 'any',
        penalties: true,
        logprobs: true,
        stopMax: 4,
        systemRole: 'system',
        verbosity: false,
        outputLimitField: 'max_completion_tokens',
        reasoning: { style: 'none' },
        tools: { custom: false },
      },
    ],
    [
      'openai',
      CHAT,
      'gpt-4o gpt-4o-2024-08-06 gpt-4.1',
      { structured: 'json-schema', media: { images: true, audio: false } },
    ],
    ['openai', CHAT, 'gpt-4-turbo gpt-4o-2024-05-13', { structured: 'json-object', media: { images: true } }],
    ['openai', CHAT, 'gpt-4 gpt-4-0613', { structured: 'none', media: { images: false } }],
    ['openai', CHAT, 'gpt-4o-audio-preview gpt-audio-1.5', { media: { audio: true, images: false } }],
    ['openai', CHAT, 'gpt-4o-search-preview', { webSearch: true, temperature: 'fixed', tools: { functions: false } }],
    ['openai', CHAT, 'o1 o3-mini', { temperature: 'fixed', stopMax: 4, systemRole: 'developer' }],
    ['openai', CHAT, 'gpt-4o gpt-3.5-turbo', { reasoning: { style: 'none', canBeOff: false, offByDefault: true } }],
    [
      'openai',
      CHAT,
      'o3 o4-mini',
      {
        ...fixed,
        verbosity: false,
        reasoning: { style: 'effort', efforts: ['low', 'medium', 'high'], canBeOff: false },
      },
    ],
    ['openai', RESPONSES, 'o3-pro', { ...fixed, reasoning: { efforts: ['low', 'medium', 'high'] } }],
    [
      'openai',
      CHAT,
      'gpt-5 gpt-5-mini gpt-5-nano-2025-08-07',
      {
        ...fixed,
        verbosity: true,
        cacheMarks: 'none',
        tools: { custom: true },
        reasoning: { efforts: ['minimal', 'low', 'medium', 'high'], canBeOff: false },
      },
    ],
    [
      'openai',
      RESPONSES,
      'gpt-5-codex gpt-5.1-codex gpt-5.1-codex-mini',
      { ...fixed, reasoning: { efforts: ['low', 'medium', 'high'], canBeOff: false } },
    ],
    ['openai', RESPONSES, 'gpt-5-pro', { reasoning: { efforts: ['high'] } }],
    [
      'openai',
      CHAT,
      'gpt-5.1 gpt-5.1-2025-11-13',
      {
        ...fixed,
        reasoning: {
          efforts: ['none', 'low', 'medium', 'high'],
          canBeOff: true,
          offByDefault: true,
          samplesWhenOff: true,
        },
      },
    ],
    [
      'openai',
      RESPONSES,
      'gpt-5.1-codex-max gpt-5.2-codex gpt-5.3-codex',
      { reasoning: { efforts: ['low', 'medium', 'high', 'xhigh'], canBeOff: false } },
    ],
    [
      'openai',
      RESPONSES,
      'gpt-5.2 gpt-5.4 gpt-5.4-mini',
      { reasoning: { efforts: ['none', 'low', 'medium', 'high', 'xhigh'], canBeOff: true } },
    ],
    [
      'openai',
      RESPONSES,
      'gpt-5.2-pro gpt-5.5-pro',
      { reasoning: { efforts: ['medium', 'high', 'xhigh'], canBeOff: false } },
    ],
    [
      'openai',
      RESPONSES,
      'gpt-5.6 gpt-5.6-luna gpt-6-sol',
      {
        ...fixed,
        cacheMarks: 'prompt_cache_breakpoint',
        reasoning: { efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'], canBeOff: true, samplesWhenOff: true },
      },
    ],
    [
      'openai',
      RESPONSES,
      'gpt-6-astra gpt-6.1-sol',
      {
        ...fixed,
        verbosity: true,
        tools: { functions: true },
        reasoning: { efforts: ['low', 'medium', 'high', 'xhigh', 'max'], canBeOff: false },
      },
    ],
    ['openai', CHAT, 'gpt-5.4 gpt-5.6-luna gpt-6-luna', { tools: { functions: true, onlyWithoutReasoning: true } }],
    ['openai', CHAT, 'gpt-6-astra gpt-6.1-sol', { tools: { functions: false } }],
    ['openai', CHAT, 'gpt-6.1-sol', { reasoning: { efforts: ['low', 'medium', 'high', 'xhigh'] } }],
    [
      'openai',
      CHAT,
      'gpt-5-chat-latest',
      { temperature: 'any', penalties: true, stopMax: 4, systemRole: 'system', reasoning: { style: 'none' } },
    ],
    ['azure', RESPONSES, 'gpt-5.1', { ...fixed, reasoning: { samplesWhenOff: true } }],
    [
      'groq',
      CHAT,
      'openai/gpt-oss-120b',
      {
        logprobs: false,
        structured: 'json-schema',
        reasoning: { style: 'effort', efforts: ['low', 'medium', 'high'], canBeOff: false },
      },
    ],
  ]
  test.each(rows)('%s, %s: %s', (kind, format, names, facts) => {
    for (const [name, found] of profilesOf(kind, format, names))
      expect([name, found]).toMatchObject([name, facts as object])
  })
})
