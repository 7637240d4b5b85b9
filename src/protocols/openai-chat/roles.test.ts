import { describe, expect, test } from 'bun:test'
import type { Block } from '../../canon/blocks.ts'
import { createLosses } from '../../canon/losses.ts'
import { createTap } from '../tap.ts'
import { renderAssistant } from './render-assistant.ts'
import { namesOf } from './render-tools.ts'
import { createTurnRenderer } from './render-turns.ts'
import { openAiChatAnswers } from './stream.ts'
import { SEALED_TYPE } from './sealed.ts'
import { CARRIERS, conversationOf, parsed, PROFILE, rendered } from './test-parts.ts'

/** What each role can say and what it cannot, and what becomes of that. */

const context = () => ({ profile: PROFILE, names: namesOf([], PROFILE), losses: createLosses(), marks: new Map() })
const CALL: Block = { kind: 'tool-call', id: 'c', name: 'f', form: 'function', arguments: '{}', pointer: '/call' }
const RESULT: Block = { kind: 'tool-result', callId: 'c', form: 'function', content: [], pointer: '/result' }

test('a model’s message has no result of a call, and that is said', () => {
  const writing = context()
  const turn = { role: 'assistant', blocks: [{ kind: 'text', text: 'x' }, RESULT], pointer: '/t' } as const
  expect(renderAssistant(turn, writing)).toEqual({ role: 'assistant', content: 'x' })
  expect(writing.losses.list).toEqual([{ pointer: '/result', code: 'unsupported' }])
})

test('a user’s message has no call, and that is said', () => {
  const writing = context()
  const turn = { role: 'user', blocks: [{ kind: 'text', text: 'x' }, CALL], pointer: '/t' } as const
  expect(createTurnRenderer(writing).render([turn])).toEqual([{ role: 'user', content: 'x' }])
  expect(writing.losses.list).toEqual([{ pointer: '/call', code: 'unsupported' }])
})

describe('a message of Chat whose reasoning is sealed', () => {
  test.each(['reasoning_content', 'reasoning'])('does not say it a second time as its %s', (name) => {
    const opaque = { family: 'anthropic', kind: 'thinking', data: '{}' } as const
    const sealed = { type: SEALED_TYPE, data: CARRIERS.seal(opaque) }
    const message = { role: 'assistant', content: 'x', [name]: 'Hm.', reasoning_details: [sealed] }
    const { conversation } = parsed({ model: 'm', messages: [{ role: 'user', content: 'hi' }, message] })
    const { messages } = rendered(conversation).body
    expect(messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'x' },
    ])
  })
})

test.each(['auto', 'none', 'required'] as const)('the choice %s among tools has the same name', (kind) => {
  const tools = [{ kind: 'function', name: 'f', pointer: '/f', schema: { type: 'object' } }] as const
  const turns = [{ role: 'user', blocks: [{ kind: 'text', text: 'hi' }] }] as const
  const asked = conversationOf(turns, { tools, toolChoice: { value: { kind }, pointer: '/c' } })
  expect(rendered(asked).body.tool_choice).toBe(kind)
})

test('an event that tells an error and nothing else is seen after the text, however long it is', () => {
  const tap = createTap(openAiChatAnswers, { withholdUsage: false, eventBytesMax: 65_536, deliveredBytesMax: 10_000 })
  const message = 'Broke. '.repeat(50)
  const events = [{ choices: [{ index: 0, delta: { content: 'x' } }] }, { error: { message } }]
  for (const event of events) tap.push(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))
  expect(tap.observe()).toMatchObject({ error: message })
})
