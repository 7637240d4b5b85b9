import { describe, expect, test } from 'bun:test'
import { renderResponse } from './render-response.ts'
import { REVERSAL, usageOf } from './test-parts.ts'

describe('a whole answer', () => {
  const block = { kind: 'tool-call', id: 'c', name: 'f', form: 'function' } as const
  const answer = { id: 'msg_up', model: 'm', stop: { reason: 'natural' as const }, usage: usageOf({ input: 1 }) }

  test('143 keeps the spelling of numbers in the arguments of a call', () => {
    const text = '{"big":9007199254740993,"one":1.0,"exp":1e3}'
    const { body } = renderResponse({ ...answer, blocks: [{ ...block, arguments: text }] }, REVERSAL)
    expect(JSON.stringify(body.content)).toContain(`"input":${text}`)
  })

  test('32 gives a call without arguments an empty object', () => {
    const { body } = renderResponse({ ...answer, blocks: [{ ...block, arguments: '' }] }, REVERSAL)
    expect(body).toMatchObject({ id: 'msg_up', content: [{ type: 'tool_use', input: {} }], stop_reason: 'tool_use' })
  })

  test('31 keeps arguments that are no object as the text they are', () => {
    const { body, losses } = renderResponse({ ...answer, blocks: [{ ...block, arguments: '[1]' }] }, REVERSAL)
    expect(body.content).toMatchObject([{ input: { __raw_arguments: '[1]' } }])
    expect(losses).toEqual([{ pointer: '/response/content/0/input', code: 'approximated' }])
  })

  test('110 leaves out a call that was cut', () => {
    const cut = { ...answer, stop: { reason: 'output-limit' as const } }
    const { body, losses } = renderResponse({ ...cut, blocks: [{ ...block, arguments: '{"a":' }] }, REVERSAL)
    expect(body).toMatchObject({ content: [], stop_reason: 'max_tokens' })
    expect(losses).toEqual([{ pointer: '/response/content/0', code: 'unsupported' }])
  })

  const STOPS = [
    ['86 a stop sequence that is known', { reason: 'stop-sequence', sequence: 'END' }, 'stop_sequence', 'END'],
    ['86 a stop sequence that is not', { reason: 'stop-sequence' }, 'end_turn', null],
    ['140 a full window', { reason: 'context-full' }, 'model_context_window_exceeded', null],
    ['138 a refusal', { reason: 'refusal' }, 'refusal', null],
    ['141 a filter', { reason: 'filter' }, 'refusal', null],
    ['139 a pause', { reason: 'paused' }, 'pause_turn', null],
    ['a compaction', { reason: 'compaction' }, 'compaction', null],
  ] as const
  test.each(STOPS)('ends in %s', (_, stop, reason, sequence) => {
    const { body } = renderResponse({ ...answer, stop, blocks: [] }, REVERSAL)
    expect(body).toMatchObject({ stop_reason: reason, stop_sequence: sequence })
  })

  test('138 says why it refused', () => {
    const stop = { reason: 'refusal', explanation: 'Not that.' } as const
    const { body } = renderResponse({ ...answer, stop, blocks: [] }, REVERSAL)
    expect(body.stop_details).toEqual({ type: 'refusal', category: null, explanation: 'Not that.' })
  })
})
