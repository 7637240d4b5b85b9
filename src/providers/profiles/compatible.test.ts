import { describe, expect, test } from 'bun:test'
import { CHAT, type FactRow, MESSAGES, profilesOf, RESPONSES } from './test-parts.ts'

describe('compatible vendors', () => {
  const rows: readonly FactRow[] = [
    ['groq', CHAT, 'llama-3.3-70b-versatile', { reasoning: { style: 'none', offByDefault: true } }],
    ['groq', CHAT, 'qwen/qwen3-32b', { reasoning: { style: 'none', offByDefault: false } }],
    ['cerebras', CHAT, 'zai-glm-4.7', { reasoning: { style: 'effort', efforts: ['none', 'high'] } }],
    ['vertex', 'gemini', 'gemini-2.5-pro', { penalties: true }],
    [
      'deepseek',
      CHAT,
      'deepseek-v4-flash deepseek-v4-pro',
      {
        family: 'deepseek',
        structured: 'json-object',
        media: { images: false },
        tools: { strict: false },
        reasoning: {
          style: 'switch',
          efforts: ['low', 'high', 'max'],
          canBeOff: true,
          replay: 'reasoning_content',
          limitsToolChoice: true,
        },
      },
    ],
    [
      'deepseek',
      MESSAGES,
      'deepseek-v4-pro',
      {
        family: 'deepseek',
        cacheMarks: 'none',
        webSearch: false,
        reasoning: { style: 'budget', efforts: ['low', 'high', 'max'] },
      },
    ],
    ['deepseek', CHAT, 'deepseek-reasoner', { reasoning: { canBeOff: false, replay: 'reasoning_content' } }],
    [
      'openai-compatible',
      CHAT,
      'deepseek-ai/DeepSeek-V4-Pro',
      { reasoning: { style: 'effort', replay: 'reasoning_content' } },
    ],
    [
      'moonshot',
      CHAT,
      'kimi-k2.5 kimi-k2.6',
      {
        temperature: 'fixed',
        topP: 'fixed',
        choicesMax: 1,
        media: { images: true, imageUrls: false },
        reasoning: { style: 'switch', canBeOff: true, replay: 'reasoning_content' },
      },
    ],
    [
      'moonshot',
      CHAT,
      'kimi-k2.7-code',
      { tools: { choice: 'auto' }, reasoning: { style: 'none', canBeOff: false, replay: 'reasoning_content' } },
    ],
    [
      'moonshot',
      CHAT,
      'kimi-k3',
      { structured: 'json-schema', reasoning: { style: 'effort', efforts: ['low', 'high', 'max'], canBeOff: false } },
    ],
    [
      'moonshot',
      CHAT,
      'moonshot-v1-8k',
      { temperature: 'unit', media: { images: false }, reasoning: { style: 'none', replay: 'none' } },
    ],
    ['moonshot', CHAT, 'moonshot-v1-8k-vision-preview', { media: { images: true, imageUrls: false } }],
    [
      'zai',
      CHAT,
      'glm-4.6 glm-4.7',
      { temperature: 'unit', stopMax: 1, tools: { choice: 'all' }, reasoning: { style: 'switch', canBeOff: true } },
    ],
    ['zai', CHAT, 'glm-5.2', { reasoning: { style: 'switch', efforts: ['high', 'max'], replay: 'reasoning_content' } }],
    ['zai', CHAT, 'GLM-5.3', { reasoning: { style: 'effort', efforts: ['low', 'high', 'max'], canBeOff: false } }],
    ['zai', CHAT, 'glm-4.5v', { media: { images: true } }],
    [
      'qwen',
      CHAT,
      'qwen3.6-plus',
      { media: { images: true }, reasoning: { style: 'switch', switchField: 'enable_thinking', canBeOff: true } },
    ],
    ['qwen', CHAT, 'qwen-plus', { media: { images: false }, reasoning: { offByDefault: true } }],
    ['qwen', CHAT, 'qwen3-coder-plus', { reasoning: { style: 'none' } }],
    [
      'vllm',
      CHAT,
      'Qwen/Qwen3-32B',
      { topK: true, reasoning: { style: 'switch', switchField: 'chat_template_kwargs' } },
    ],
    [
      'volcengine',
      CHAT,
      'doubao-seed-1-8-251228',
      { structured: 'json-schema', reasoning: { style: 'switch', efforts: ['minimal', 'low', 'medium', 'high'] } },
    ],
    [
      'minimax',
      CHAT,
      'MiniMax-M2.5',
      { structured: 'none', stopMax: 0, reasoning: { style: 'none', canBeOff: false } },
    ],
    ['minimax', CHAT, 'MiniMax-M3', { reasoning: { style: 'switch', onWord: 'adaptive', canBeOff: true } }],
    ['minimax', MESSAGES, 'MiniMax-M3', { cacheMarks: 'cache_control', reasoning: { style: 'adaptive' } }],
    [
      'mistral',
      CHAT,
      'mistral-large-latest',
      {
        seedField: 'random_seed',
        logprobs: false,
        prefill: false,
        tools: { callIdLengthMax: 9 },
        reasoning: { style: 'none' },
      },
    ],
    ['mistral', CHAT, 'mistral-medium-3-5', { reasoning: { style: 'effort', efforts: ['none', 'high'] } }],
    [
      'groq',
      CHAT,
      'llama-3.3-70b-versatile',
      { logprobs: false, choicesMax: 1, messageNames: false, structured: 'json-object', reasoning: { style: 'none' } },
    ],
    ['xai', CHAT, 'grok-4 grok-code-fast-1', { penalties: false, stopMax: 0, reasoning: { style: 'none' } }],
    ['xai', CHAT, 'grok-4-fast-non-reasoning', { penalties: true, stopMax: 4, reasoning: { style: 'none' } }],
    [
      'xai',
      RESPONSES,
      'grok-4.6',
      {
        store: true,
        tools: { custom: false },
        reasoning: { efforts: ['low', 'medium', 'high', 'xhigh'], canBeOff: false },
      },
    ],
    ['xai', CHAT, 'grok-4.3', { reasoning: { efforts: ['none', 'low', 'medium', 'high'], canBeOff: true } }],
    [
      'openrouter',
      CHAT,
      'openai/gpt-5.1 anthropic/claude-opus-5 moonshotai/kimi-k3',
      {
        temperature: 'any',
        stopMax: 4,
        cacheMarks: 'cache_control',
        reasoning: { style: 'effort', canBeOff: true, replay: 'reasoning_details' },
      },
    ],
    [
      'openrouter',
      MESSAGES,
      'anthropic/claude-opus-4.6',
      { cacheMarks: 'cache_control', reasoning: { style: 'adaptive' } },
    ],
    ['together', CHAT, 'zai-org/GLM-5.2', { topK: true, store: false }],
    ['cerebras', CHAT, 'gpt-oss-120b', { penalties: false, reasoning: { style: 'effort' } }],
    ['perplexity', CHAT, 'sonar-pro', { laterSystem: false, prefill: false, tools: { functions: false } }],
    ['ollama', CHAT, 'llama3.2', { media: { imageUrls: false }, tools: { choice: 'auto' } }],
  ]
  test.each(rows)('%s, %s: %s', (kind, format, names, facts) => {
    for (const [name, found] of profilesOf(kind, format, names))
      expect([name, found]).toMatchObject([name, facts as object])
  })
})
