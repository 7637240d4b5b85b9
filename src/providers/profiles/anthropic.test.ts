import { describe, expect, test } from 'bun:test'
import { type FactRow, MESSAGES, profilesOf } from './test-parts.ts'

const PLAIN = { temperature: 'unit', topP: 'any', prefill: true, laterSystem: false, structured: 'none' } as const

describe('Claude by generation', () => {
  const unthinking = { style: 'none', efforts: [], limitsToolChoice: false } as const
  const rows: readonly FactRow[] = [
    [
      'anthropic',
      MESSAGES,
      'claude-3-haiku claude-3-haiku-20240307 claude-3-opus-latest',
      { ...PLAIN, reasoning: unthinking, media: { documents: false } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-3-5-sonnet claude-3-5-haiku-latest',
      { ...PLAIN, reasoning: unthinking, media: { documents: true } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-3-7-sonnet-latest claude-3-7-sonnet-20250219',
      { ...PLAIN, reasoning: { style: 'budget', canBeOff: true, budgetMin: 1_024 } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-4-0 claude-sonnet-4-20250514',
      { ...PLAIN, reasoning: { style: 'budget', canBeOff: true } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-4-1 claude-sonnet-4-5 claude-haiku-4-5-20251001',
      {
        ...PLAIN,
        topP: 'exclusive',
        structured: 'json-schema',
        topK: true,
        reasoning: { style: 'budget', efforts: [], offByDefault: true },
      },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-4-5 claude-opus-4-5-20251101',
      { prefill: true, reasoning: { style: 'budget', efforts: ['low', 'medium', 'high'] } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-4-6 claude-sonnet-4-6',
      {
        temperature: 'unit',
        topP: 'exclusive',
        topK: true,
        prefill: false,
        laterSystem: false,
        reasoning: { style: 'adaptive', efforts: ['low', 'medium', 'high', 'max'], canBeOff: true },
      },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-4-7',
      {
        temperature: 'fixed',
        topP: 'fixed',
        topK: false,
        prefill: false,
        laterSystem: false,
        reasoning: { style: 'adaptive', canBeOff: true, offByDefault: true },
      },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-4-8',
      { temperature: 'fixed', laterSystem: true, reasoning: { style: 'adaptive', offByDefault: true } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-sonnet-5 claude-haiku-5-5',
      {
        temperature: 'fixed',
        laterSystem: true,
        tools: { choice: 'all' },
        reasoning: { style: 'adaptive', efforts: ['low', 'medium', 'high', 'xhigh', 'max'], canBeOff: true },
      },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-5',
      { tools: { choice: 'all' }, reasoning: { canBeOff: true, offEffortMax: 'high' } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-5-5 claude-fable-5 claude-fable-5-1',
      { tools: { choice: 'auto' }, reasoning: { style: 'adaptive', canBeOff: false } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-sonnet-5-5',
      { tools: { choice: 'auto' }, reasoning: { canBeOff: true, offWord: 'between_tools', offEffortMax: 'high' } },
    ],
    [
      'anthropic',
      MESSAGES,
      'claude-opus-9 claude-next',
      { temperature: 'fixed', prefill: false, reasoning: { style: 'adaptive' } },
    ],
    [
      'bedrock',
      MESSAGES,
      'us.anthropic.claude-opus-4-8-v1:0 anthropic.claude-sonnet-5',
      { temperature: 'fixed', laterSystem: false, serviceTier: false, media: { imageUrls: false } },
    ],
    ['vertex', MESSAGES, 'claude-opus-4-8@default', { temperature: 'fixed', laterSystem: false }],
    ['vertex', MESSAGES, 'claude-3-7-sonnet@20250219', { reasoning: { style: 'budget' } }],
  ]
  test.each(rows)('%s, %s: %s', (kind, format, names, facts) => {
    for (const [name, found] of profilesOf(kind, format, names))
      expect([name, found]).toMatchObject([name, facts as object])
  })
})
