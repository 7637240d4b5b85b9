import { describe, expect, test } from 'bun:test'
import { continueFrom, inputItems, listedItems, readTurn, referredIds, type StoredTurn } from './stored.ts'

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })
const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi', annotations: [] }] }
const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }
const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' }
const turn: StoredTurn = {
  input: [user('hello')],
  output: [
    { ...thought, status: 'completed' },
    { ...said, id: 'msg_1', status: 'completed' },
    { ...call, id: 'fc_1', status: 'completed' },
    { type: 'reasoning', id: 'rs_2', summary: [] },
  ],
}

describe('a request that goes on from an earlier one', () => {
  test('says everything itself, oldest first, with reasoning that can be read again and no foreign ids', () => {
    const result = { type: 'function_call_output', call_id: 'call_1', output: 'done' }
    expect(continueFrom({ model: 'm', previous_response_id: 'resp_1', input: [result] }, [turn])).toEqual({
      model: 'm',
      input: [user('hello'), thought, said, call, result],
    })
  })

  test('does not inherit instructions, and keeps its own', () => {
    const continued = continueFrom({ input: 'more', instructions: 'be brief', previous_response_id: 'r' }, [turn])
    expect(continued.instructions).toBe('be brief')
    expect(continued.input).toEqual([user('hello'), thought, said, call, user('more')])
  })

  test('does not say twice what it only refers to', () => {
    const input = [{ type: 'item_reference', id: 'fc_1' }, user('x')]
    expect(continueFrom({ input }, [turn]).input).toEqual([user('hello'), thought, said, call, user('x')])
    expect(referredIds({ input }, [turn])).toEqual([])
  })

  test('says what it refers to elsewhere in its place, in earlier turns too', () => {
    const reference = { type: 'item_reference', id: 'msg_9' }
    const earlier: StoredTurn = { input: [reference, user('a')], output: [] }
    const input = [user('b'), reference]
    expect(referredIds({ input }, [earlier])).toEqual(['msg_9', 'msg_9'])
    const referred = new Map([['msg_9', { ...said, id: 'msg_9', status: 'completed' }]])
    expect(continueFrom({ input }, [earlier], referred).input).toEqual([said, user('a'), user('b'), said])
    expect(continueFrom({ input }, [earlier]).input).toEqual([reference, user('a'), user('b'), reference])
  })
})

test('a turn is read from what was kept of it, its numbers as they were written', () => {
  const { input, output } = readTurn('[{"type":"x","n":1.0}]', '{"output":[{"type":"y","n":9007199254740993}]}')
  expect(JSON.stringify([input, output])).toBe('[[{"type":"x","n":1.0}],[{"type":"y","n":9007199254740993}]]')
  expect(readTurn('"hi"', '{"output":null}')).toEqual({ input: [user('hi')], output: [] })
  expect(readTurn('null', '[]')).toEqual({ input: [], output: [] })
})

test('listed items have an id each, their own or one that stays the same', () => {
  const input = JSON.stringify([
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
    { ...call, id: 'fc_own' },
    { type: 'function_call_output', call_id: 'call_1', output: 'c' },
    { type: 'constructor' },
  ])
  expect(listedItems(input, 'resp_1')).toEqual([
    { ...user('a'), id: 'msg_1_0', status: 'completed' },
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', annotations: [], text: 'b' }],
      id: 'msg_1_1',
      status: 'completed',
    },
    { ...call, id: 'fc_own' },
    { type: 'function_call_output', call_id: 'call_1', output: 'c', id: 'fco_1_3' },
    { type: 'constructor', id: 'item_1_4' },
  ])
})

test('a string is one user message', () => {
  expect(inputItems({ input: 'a' })).toEqual([user('a')])
  expect(inputItems({ input: [user('b'), 3] })).toEqual([user('b')])
  expect(inputItems({})).toEqual([])
})
