import { expect, test } from 'bun:test'
import type { Conversation } from '../canon/conversation.ts'
import type { WireFormat } from '../canon/operation.ts'
import { reversalOf } from './request.ts'

const given = { requestId: 'r', createdAtMs: 0, carriers: { seal: () => '', open: () => undefined } }

const shows = (format: WireFormat, settings: Conversation['settings'] = {}): boolean => {
  const conversation: Conversation = {
    format,
    model: 'm',
    stream: false,
    turns: [],
    tools: [],
    settings,
    unmapped: [],
    wishes: { includesUsage: false, legacyFunctions: false, echo: {} },
    native: { format, value: {} },
  }
  return reversalOf({ conversation, losses: [] }, { body: {}, losses: [], tools: new Map() }, given).showsReasoning
}

test.each([
  ['openai-chat', true],
  ['anthropic-messages', true],
  ['openai-responses', false],
  ['gemini', false],
] as const)('a client of %s who does not say sees reasoning: %p', (format, isShown) => {
  expect(shows(format)).toBe(isShown)
})

test.each([true, false])('a client who says sees it as it says: %p', (visible) => {
  const reasoning = { value: { mode: 'adaptive', visible }, pointer: '/r' } as const
  for (const format of ['openai-chat', 'gemini'] as const) expect(shows(format, { reasoning })).toBe(visible)
})
