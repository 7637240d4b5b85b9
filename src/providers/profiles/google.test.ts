import { describe, expect, test } from 'bun:test'
import { CHAT, type FactRow, GEMINI, profilesOf } from './test-parts.ts'

describe('Gemini by generation', () => {
  const rows: readonly FactRow[] = [
    [
      'gemini',
      GEMINI,
      'gemini-1.5-pro gemini-2.0-flash gemini-2.0-flash-lite',
      {
        penalties: true,
        reasoning: { style: 'none' },
        tools: { schemaDialect: 'openapi', besideHosted: 'never' },
        media: { inToolResults: false, video: true },
      },
    ],
    [
      'gemini',
      GEMINI,
      'gemini-2.5-pro',
      {
        penalties: false,
        reasoning: {
          style: 'gemini-budget',
          canBeOff: false,
          budgetMin: 128,
          budgetMax: 32_768,
          demandsCallSignature: false,
        },
        tools: { schemaDialect: 'json-schema', callIds: true, besideHosted: 'never' },
      },
    ],
    [
      'gemini',
      GEMINI,
      'gemini-2.5-flash gemini-2.5-flash-latest',
      { reasoning: { style: 'gemini-budget', canBeOff: true, budgetMin: 0, budgetMax: 24_576 } },
    ],
    ['gemini', GEMINI, 'gemini-2.5-flash-lite', { reasoning: { canBeOff: true, budgetMin: 512 } }],
    [
      'gemini',
      GEMINI,
      'gemini-3-pro-preview',
      {
        reasoning: { style: 'level', efforts: ['low', 'high'], canBeOff: false, demandsCallSignature: true },
        media: { inToolResults: true },
        tools: { besideHosted: 'told' },
      },
    ],
    [
      'gemini',
      GEMINI,
      'gemini-3.1-pro-preview gemini-3.7-flash gemini-3.8-flash gemini-4-pro',
      { reasoning: { style: 'level', efforts: ['low', 'medium', 'high'], canBeOff: false } },
    ],
    [
      'gemini',
      GEMINI,
      'gemini-3-flash-preview gemini-3.1-flash-lite gemini-3.5-flash gemini-3.6-flash',
      { reasoning: { efforts: ['minimal', 'low', 'medium', 'high'], canBeOff: false } },
    ],
    ['vertex', GEMINI, 'gemini-3-flash-preview gemini-2.5-pro', { metadata: true, tools: { callIds: false } }],
    ['vertex', GEMINI, 'gemini-3-flash-preview', { tools: { besideHosted: 'freely' } }],
    ['vertex', GEMINI, 'gemini-2.5-pro gemini-2.0-flash', { tools: { besideHosted: 'never' } }],
    ['gemini', GEMINI, 'somebody-elses', { tools: { besideHosted: 'never' } }],
    [
      'gemini',
      CHAT,
      'gemini-3-flash-preview',
      { family: 'google', store: false, reasoning: { style: 'effort', demandsCallSignature: true } },
    ],
  ]
  test.each(rows)('%s, %s: %s', (kind, format, names, facts) => {
    for (const [name, found] of profilesOf(kind, format, names))
      expect([name, found]).toMatchObject([name, facts as object])
  })
})
