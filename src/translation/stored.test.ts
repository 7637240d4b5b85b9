import { describe, expect, test } from 'bun:test'
import { continueFrom, inputItems, type StoredTurn } from './stored.ts'

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
  })
})

test('a string is one user message', () => {
  expect(inputItems({ input: 'a' })).toEqual([user('a')])
  expect(inputItems({ input: [user('b'), 3] })).toEqual([user('b')])
  expect(inputItems({})).toEqual([])
})
